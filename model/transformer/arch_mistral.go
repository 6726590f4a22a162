package transformer

// Mistral's architecture is Llama's whose layers all slide.
//
// (Jiang et al., Mistral 7B, 2023.) A GGUF calls it a llama, and knows of no
// window.
func mistralConfig(p *configParser) error {
	if err := p.llamaLike(); err != nil {
		return err
	}
	p.Window = p.window(4096)
	if err := p.slides(); err != nil {
		return err
	}
	return p.activation("hidden_act", "silu", "swish")
}
