package argen

// A Chat is a conversation as a chat template writes it: to the model it is a
// text like any other, which it continues.
type Chat struct {
	Text     string // with the names of control tokens
	IDs      []ID   // of Text, where those names are the tokens
	Template string // that wrote it
}

// StartChat begins the answer in a conversation. A template writes BOS where
// it should be: none is added, unless g.BOS asks for it.
func (g Generator) StartChat(c Chat) (*Run, error) {
	if g.BOS == AutoBOS {
		g.BOS = NoBOS
	}
	sinks := g.Sinks
	g.Sinks = nil
	r, err := g.start("", c.IDs)
	if err != nil {
		return nil, err
	}
	r.gen.Sinks = sinks
	r.head.PromptText, r.head.ChatTemplate = c.Text, c.Template
	for i, id := range r.ids {
		if g.Tokenizer.Control(id) {
			r.head.PromptControl = append(r.head.PromptControl, i)
		}
	}
	return r, tell(sinks, func(s Sink) error { return s.Header(r.head) })
}
