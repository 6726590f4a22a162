package tokenizer

import (
	"encoding/json"

	"argen"
	"argen/internal/strict"
)

// maxComponent is the largest component that is read, in bytes. As encoding/json
// has it, it takes 30 times as much memory.
const maxComponent = 1 << 20

// raw reads a component as encoding/json has it, for which it is checked to be
// JSON without doubt first.
func raw(j *strict.JSON, name string) (v any, err error) {
	data, err := j.Raw()
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxComponent:
		return nil, j.Errorf("the %s has %d bytes, at most %d are read", name, len(data), maxComponent)
	}
	return v, json.Unmarshal(data, &v)
}

// component reads the normalizer, pre_tokenizer or decoder of a WordLevel.
func (f *hfFile) component(j *strict.JSON, name string) error {
	v, err := raw(j, name)
	if err == nil && v != nil {
		if f.components == nil {
			f.components = map[string]any{}
		}
		f.components[name] = v
	}
	return err
}

// postProcessor reads what is done with ids: nothing, or that a token is put
// before them. ByteLevel changes offsets only.
func (f *hfFile) postProcessor(j *strict.JSON) error {
	v, err := raw(j, "post_processor")
	if err != nil || v == nil {
		return err
	}
	return f.post(j, v)
}

func (f *hfFile) post(j *strict.JSON, v any) error {
	p, _ := v.(map[string]any)
	kind, ok := p["type"].(string)
	switch {
	case !ok:
		return j.Errorf("the post_processor has no type")
	case kind == "ByteLevel":
		return nil
	case kind == "TemplateProcessing":
		return f.template(j, p)
	case kind == "Sequence":
		list, ok := p["processors"].([]any)
		if !ok {
			return j.Errorf("the post_processor Sequence has no processors")
		}
		for _, v := range list {
			if err := f.post(j, v); err != nil {
				return err
			}
		}
		return nil
	}
	return j.Errorf("the post_processor %s is not supported, only ByteLevel and TemplateProcessing are", quoteWord(kind))
}

// template takes the token before a text from a TemplateProcessing, such as
//
//	{"single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}],
//	 "special_tokens": {"<s>": {"ids": [1]}}}
func (f *hfFile) template(j *strict.JSON, p map[string]any) error {
	at := func(v any, path ...string) any {
		for _, name := range path {
			m, _ := v.(map[string]any)
			v = m[name]
		}
		return v
	}
	single, _ := p["single"].([]any)
	if n := len(single); n == 0 || n > 2 || at(single[n-1], "Sequence", "id") != "A" {
		return j.Errorf("the post_processor's template is not supported, only the text with a token before it or without one is")
	}
	if len(single) == 1 {
		return nil
	}
	name, _ := at(single[0], "SpecialToken", "id").(string)
	ids, _ := at(p, "special_tokens", name, "ids").([]any)
	if len(ids) != 1 {
		return j.Errorf("the post_processor puts %s before a text, of which it does not say the one id that it has", quoteWord(name))
	}
	id, ok := ids[0].(float64)
	switch {
	case !ok || id != float64(int32(id)) || id < 0:
		return j.Errorf("the post_processor's id of %s is no id", quoteWord(name))
	case f.bos != argen.NoID:
		return j.Errorf("the post_processor puts two tokens before a text, argen only one")
	}
	f.bos = argen.ID(id)
	return nil
}
