package tokenizer

import "argen"

// around returns the tokens that a post-processor puts before a text and behind it.
func around(v any) (before, after []argen.ID, err error) {
	if v == nil {
		return nil, nil, nil
	}
	s, err := newSpec("post_processor", v)
	if err != nil {
		return nil, nil, err
	}
	switch s.kind {
	case "ByteLevel": // changes offsets only
	case "TemplateProcessing":
		return s.template()
	case "BertProcessing", "RobertaProcessing":
		before, after = s.named("cls"), s.named("sep")
	case "Sequence":
		for _, v := range s.list("processors") {
			b, a, err := around(v)
			if err != nil {
				return nil, nil, err
			}
			before, after = append(b, before...), append(after, a...)
		}
	default:
		return nil, nil, s.unknown()
	}
	return before, after, s.err
}

// named returns the id of a member like ["[SEP]", 102].
func (s *spec) named(name string) []argen.ID {
	pair := s.list(name)
	if len(pair) == 2 {
		if id, ok := idOf(pair[1]); ok {
			return []argen.ID{id}
		}
	}
	_ = s.errorf("%s is no name with an id", name)
	return nil
}

func idOf(v any) (argen.ID, bool) {
	id, ok := v.(float64)
	return argen.ID(id), ok && id >= 0 && id <= 8*maxEntries && id == float64(int32(id))
}

// template reads a TemplateProcessing, such as
//
//	{"single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}],
//	 "special_tokens": {"<s>": {"ids": [1]}}}
func (s *spec) template() (before, after []argen.ID, err error) {
	at := func(v any, path ...string) any {
		for _, name := range path {
			m, _ := v.(map[string]any)
			v = m[name]
		}
		return v
	}
	texts := 0
	for _, v := range s.list("single") {
		if at(v, "Sequence", "id") == "A" {
			texts++
			continue
		}
		name, ok := at(v, "SpecialToken", "id").(string)
		if !ok {
			return nil, nil, s.errorf("its single has what is neither a SpecialToken nor the Sequence A")
		}
		list, _ := at(s.m, "special_tokens", name, "ids").([]any)
		if len(list) == 0 {
			return nil, nil, s.errorf("it says no ids of %s", quoteWord(name))
		}
		for _, v := range list {
			id, ok := idOf(v)
			switch {
			case !ok:
				return nil, nil, s.errorf("its id of %s is no id", quoteWord(name))
			case texts == 0:
				before = append(before, id)
			default:
				after = append(after, id)
			}
		}
	}
	if texts != 1 {
		return nil, nil, s.errorf("its single has the Sequence A %d times, want once", texts)
	}
	return before, after, s.err
}
