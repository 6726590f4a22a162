package transformer

// Gemma 3's architecture is Gemma 2's without caps and with a norm of each query
// and key; five layers slide, with wavelengths of their own, before one that
// does not.
//
// (Gemma Team, Gemma 3 Technical Report, 2025.)
func gemma3Config(p *configParser) error {
	p.defaults(map[string]int{
		"vocab_size": 262208, "hidden_size": 2304, "intermediate_size": 9216, "num_hidden_layers": 26,
		"num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256, "max_position_embeddings": 131072,
	})
	local := p.layerScaling[slidingLayer]
	if full, ok := p.layerScaling[fullLayer]; ok {
		p.scaling = full
	}
	p.layerScaling = nil
	if _, ok := p.floats["rope_theta"]; !ok {
		p.floats["rope_theta"] = 1e6
	}
	if err := p.gemma(); err != nil {
		return err
	}
	var err error
	if p.LocalRope, err = p.rope(&local, p.float("rope_local_base_freq", 10000), 1); err != nil {
		return err
	}
	p.ScoreCap, p.LogitCap = p.orNone("attn_logit_softcapping", 0), p.orNone("final_logit_softcapping", 0)
	every := p.or("sliding_window_pattern", p.or("_sliding_window_pattern", 6))
	if every > 1<<10 {
		return p.errorf("sliding_window_pattern", "%d layers, want at most %d", every, 1<<10)
	}
	return p.slides(pattern(every)...)
}

// gemma3FullConfig is of a Gemma 3 that also sees pictures: its text model is
// within.
func gemma3FullConfig(p *configParser) error {
	t := p.text
	if t == nil {
		return p.errorf("text_config", "missing")
	}
	t.Arch = p.Arch
	if err := gemma3Config(t); err != nil {
		return err
	}
	bos, eos := p.BOS, p.EOS
	p.Config = t.Config
	if bos >= 0 {
		p.BOS = bos
	}
	if eos != nil {
		p.EOS = eos
	}
	return nil
}

func gemma3Metadata(g *metadata) error {
	g.gemma()
	g.LocalRope = Rope{Theta: g.number("rope.freq_base_swa", 10000), Dim: g.Rope.Dim}
	g.ScoreCap, g.LogitCap = g.cap(keyScoreCap), g.cap(keyLogitCap)
	return g.err
}

// gemma3Tensors are the tensors of a Gemma 3.
var gemma3Tensors = append(unrotated(gemma2Tensors), headNorms...)

func bindGemma3(b *binder) (network, *matrix) {
	for _, root := range []string{"language_model.model.", "model.language_model."} {
		if b.has(root + "embed_tokens.weight") {
			b.root = root
		}
	}
	return b.gemma(func(at string) llamaLayer {
		l := b.gemmaLayer(at)
		b.headNorms(&l, at)
		return l
	})
}
