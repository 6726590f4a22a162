package transformer

import "argen/model/gguf"

// Metadata returns what a GGUF says of a llama, without its tokenizer.
func (c *Config) Metadata() gguf.Meta {
	prefix := architectureOf(c.Arch).gguf + "."
	meta := gguf.Meta{{Key: keyArch, Value: architectureOf(c.Arch).gguf}}
	add := func(key string, value any) { meta = append(meta, gguf.KV{Key: prefix + key, Value: value}) }
	for _, s := range []struct {
		key string
		n   int
	}{
		{keyVocab, c.VocabSize},
		{keyContext, c.Context},
		{keyHidden, c.Hidden},
		{keyLayers, c.Layers},
		{keyFFN, c.FFN},
		{keyHeads, c.Heads},
		{keyKVHeads, c.KVHeads},
		{keyHeadDim, c.HeadDim},
		{keyValueDim, c.HeadDim},
		{keyRotated, 2 * c.Rope.pairs(c.HeadDim)},
	} {
		add(s.key, uint32(min(s.n, most)))
	}
	add(keyRMSEps, c.Eps)
	add(keyTheta, float32(c.Rope.Theta))
	if c.Rope.Type != "" {
		add(keyScaling, c.Rope.Type)
		add(keyFactor, float32(c.Rope.Factor))
	}
	return meta
}
