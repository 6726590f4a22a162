package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"argen"
	"argen/internal/strict"
	"argen/model"
	"argen/tokenizer"
)

// tokenizing is a command line of tokenize, or one request of a batch.
type tokenizing struct {
	model     string
	tokenizer string
	prompt    promptFlags // of which only the file and ids can be given
	decode    []argen.ID
	decodes   bool
	merges    bool
	json      bool
	batch     string
}

func tokenizeCommand(a *app) *cobra.Command {
	t := &tokenizing{}
	c := &cobra.Command{
		Use:   "tokenize [TEXT]",
		Short: "Show the tokens of a text",
		Long: `Show the tokens of TEXT: their ids, where they stand in the text, in bytes,
and the tokens themselves. TEXT is the arguments, or --file FILE, or standard
input where that is a pipe. --ids shows the tokens of ids in the same way,
--decode their text alone.

The tokenizer is that of the model, or with --tokenizer one of
  chars   the characters of TEXT, by code point
  words   the words of TEXT, in the order of their first use
  bytes   bytes; needs no vocabulary
  story   words and marks of the stories
  FILE    a tokenizer.json, or a GGUF: of its vocabulary alone

A JSON result is {"ids","tokens","offsets","text"}: offsets are [start,end) in
bytes of TEXT, or of text where ids are given; text is what they decode to;
bytes (base64) stand beside tokens that are not all valid UTF-8.`,
		Example: `  argen tokenize "Mia was in the garden."
  argen tokenize --tokenizer bytes --json "naïve"
  argen tokenize --ids 56,647,6
  argen tokenize --decode 56,647,6
  argen train tokenizer --stories 50 --seed 1 --vocab-size 500 -o tokenizer.json
  argen tokenize --tokenizer tokenizer.json --merges "the red kite"`,
		RunE: func(c *cobra.Command, args []string) error {
			if t.batch != "" {
				return a.runBatch(c, t.batch, args, func() answerer { return &tokenizing{} })
			}
			return a.tokenize(c.Context(), t, args)
		},
	}
	f := c.Flags()
	t.add(a, f)
	a.engineFlags(f)
	f.StringVarP(&t.prompt.file, "file", "f", "", "read the text from `FILE`, - is standard input")
	f.Var(&idsValue{&t.prompt.ids, &t.prompt.hasIDs}, "ids", "show the tokens of `IDS`: 1,2,3")
	f.Var(&idsValue{&t.decode, &t.decodes}, "decode", "show the text of `IDS`: 1,2,3")
	f.BoolVar(&t.json, "json", false, "print the tokens as JSON")
	batchFlag(f, &t.batch)
	return c
}

// add adds the flags that a request of a batch may have too.
func (t *tokenizing) add(a *app, f *pflag.FlagSet) {
	a.modelFlag(f, &t.model)
	f.StringVar(&t.tokenizer, "tokenizer", "", "`NAME` of a tokenizer instead of the model's: chars, words, bytes, story, a tokenizer.json or a GGUF")
	f.BoolVar(&t.prompt.special, "special", false, "names of control tokens in the text, as </s>, mean those tokens")
	f.BoolVar(&t.merges, "merges", false, "show step by step which pairs a BPE merges")
}

// A tokenized is the JSON result.
type tokenized struct {
	IDs     []argen.ID  `json:"ids"`
	Tokens  []string    `json:"tokens"`
	Bytes   []string    `json:"bytes,omitempty"` // base64, if a token is not valid UTF-8
	Offsets [][2]int    `json:"offsets"`
	Text    string      `json:"text"` // of the ids
	Merges  []mergeStep `json:"merges,omitempty"`
}

// A mergeStep is a word on its way to tokens.
type mergeStep struct {
	Word   int      `json:"word"`
	Rank   int      `json:"rank"` // of the merge, -1 for the word's beginning
	At     int      `json:"at"`   // the token that was made of two, -1 for none
	Tokens []string `json:"tokens"`
}

// answer implements answerer.
func (t *tokenizing) answer(ctx context.Context, a *app, opened *models, in text) (any, error) {
	tok, err := t.open(ctx, a, opened, in.text)
	if err != nil {
		return nil, err
	}
	if in.ids != nil {
		return decoded(tok, in.ids)
	}
	r, _, err := t.encoded(tok, in.text)
	return r, err
}

func (a *app) tokenize(ctx context.Context, t *tokenizing, args []string) error {
	opened := a.models()
	defer opened.close()
	var in text
	switch {
	case t.decodes && (len(args) > 0 || t.prompt.file != ""):
		return usagef("--decode shows the text of ids: leave the text out")
	case t.decodes && t.prompt.hasIDs:
		return usagef("--ids shows the tokens of ids, --decode their text: give one of them")
	case t.merges && t.prompt.special:
		return usagef("--merges is about plain text, --special about names of tokens: give one of them")
	case (t.decodes || t.prompt.hasIDs) && t.merges:
		return usagef("--merges is about a text, --ids and --decode about ids: give one of them")
	case t.decodes && t.prompt.special:
		return errSpecialIDs
	case !t.decodes && !t.prompt.hasIDs && len(args) == 0 && t.prompt.file == "" && a.stdinTTY:
		return usagef("tokenize: which text? give it as argument, with --file or through a pipe")
	case t.decodes:
		in.ids = t.decode
	default:
		var err error
		if in, err = a.prompt(ctx, &t.prompt, args, false); err != nil {
			return err
		}
	}
	tok, err := t.open(ctx, a, opened, in.text)
	if err != nil {
		return err
	}
	if in.ids != nil {
		r, err := decoded(tok, in.ids)
		switch {
		case err != nil:
			return err
		case t.json:
			return a.printJSON(r)
		case t.decodes:
			_, err = fmt.Fprintln(a.stdout, r.Text)
		default:
			_, err = io.WriteString(a.stdout, tokenTable(r.table(tok), r.Text, r.Text))
		}
		return err
	}
	r, tokens, err := t.encoded(tok, in.text)
	switch {
	case err != nil:
		return err
	case t.json:
		return a.printJSON(r)
	case t.merges:
		_, err = io.WriteString(a.stdout, mergeText(r.Merges))
	default:
		_, err = io.WriteString(a.stdout, tokenTable(tokens, in.text, r.Text))
	}
	return err
}

// open returns the tokenizer that the flags name.
func (t *tokenizing) open(ctx context.Context, a *app, opened *models, text string) (argen.Tokenizer, error) {
	if (t.tokenizer == "chars" || t.tokenizer == "words") && text == "" {
		return nil, usagef("--tokenizer %s takes its tokens from the text, and there is none", t.tokenizer)
	}
	switch t.tokenizer {
	case "":
		lm, err := opened.get(ctx, t.model)
		if err != nil {
			return nil, err
		}
		return lm.Tokenizer, nil
	case "chars":
		return tokenizer.NewChars(text), nil
	case "words":
		return wordsOf(text)
	case "bytes":
		return tokenizer.NewBytes(), nil
	case "story":
		return storyTokenizer(), nil
	}
	if tok, err := model.OpenTokenizer(t.tokenizer); tok != nil || err != nil {
		return tok, err
	}
	data, err := a.readFile(ctx, t.tokenizer, largestText)
	if err != nil {
		return nil, fmt.Errorf("--tokenizer: none is called so (chars, words, bytes, story), nor is a file to be read: %w", err)
	}
	if strict.Foreign(data) == "" && !strings.HasPrefix(strings.TrimSpace(string(data[:min(len(data), 64)])), "{") {
		return nil, fmt.Errorf("--tokenizer: %s is no tokenizer.json, as argen train tokenizer writes", argen.Visible(t.tokenizer))
	}
	tok, _, err := tokenizer.ReadHuggingFace(argen.Visible(t.tokenizer), data)
	return tok, err
}

// wordsOf is the tokenizer of the words of a text.
func wordsOf(text string) (argen.Tokenizer, error) {
	vocab := []string{"<unk>", "<s>", "</s>"}
	seen := map[string]bool{"<unk>": true, "<s>": true, "</s>": true}
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n\x00", r) }) {
		if !seen[word] {
			seen[word] = true
			vocab = append(vocab, word)
		}
	}
	return tokenizer.NewWords(vocab)
}

// longestMerged is the longest text whose merges are shown, in bytes: finding
// them takes time n².
const longestMerged = 1 << 14

func (t *tokenizing) encoded(tok argen.Tokenizer, text string) (tokenized, []tokenizer.Token, error) {
	explain := tokenizer.Explain
	if t.prompt.special {
		explain = tokenizer.ExplainSpecial
	}
	tokens, err := explain(tok, text)
	if err != nil {
		return tokenized{}, nil, err
	}
	r := tokenized{IDs: []argen.ID{}, Offsets: [][2]int{}}
	for _, one := range tokens {
		r.IDs = append(r.IDs, one.ID)
		r.Offsets = append(r.Offsets, [2]int{one.Start, one.End})
	}
	r.name(tok)
	if t.merges {
		bpe, ok := tok.(*tokenizer.BPE)
		switch {
		case !ok:
			return r, nil, usagef("--merges: this tokenizer merges nothing, a BPE does: give one with --tokenizer FILE")
		case len(text) > longestMerged:
			return r, nil, usagef("--merges: the text has %d bytes, at most %d are shown", len(text), longestMerged)
		}
		for s := range bpe.Merges(text) {
			step := mergeStep{Word: s.Word, Rank: s.Rank, At: s.At}
			for _, id := range s.Pieces {
				step.Tokens = append(step.Tokens, argen.Visible(string(tok.Piece(id))))
			}
			r.Merges = append(r.Merges, step)
		}
	}
	return r, tokens, nil
}

// decoded is the result for ids.
func decoded(tok argen.Tokenizer, ids []argen.ID) (tokenized, error) {
	for i, id := range ids {
		if id < 0 || int(id) >= tok.VocabSize() {
			return tokenized{}, fmt.Errorf("token %d is id %d, the vocabulary has ids 0 to %d", i, id, tok.VocabSize()-1)
		}
	}
	r := tokenized{IDs: append([]argen.ID{}, ids...), Offsets: [][2]int{}}
	at, prev := 0, argen.NoID
	for _, id := range ids {
		end := at
		if !tok.Control(id) {
			if j, ok := tok.(argen.Joiner); ok {
				at += len(j.Join(prev, id))
			}
			end = at + len(tok.Piece(id))
		}
		r.Offsets = append(r.Offsets, [2]int{at, end})
		at, prev = end, id
	}
	r.name(tok)
	return r, nil
}

// table are the tokens of ids as those of a text are.
func (r *tokenized) table(tok argen.Tokenizer) []tokenizer.Token {
	tokens := make([]tokenizer.Token, len(r.IDs))
	for i, id := range r.IDs {
		tokens[i] = tokenizer.Token{ID: id, Piece: tok.Piece(id), Start: r.Offsets[i][0], End: r.Offsets[i][1]}
	}
	return tokens
}

// name fills in the tokens and the text of the ids.
func (r *tokenized) name(tok argen.Tokenizer) {
	r.Tokens = []string{}
	valid := true
	for _, id := range r.IDs {
		piece := tok.Piece(id)
		valid = valid && utf8.Valid(piece)
		r.Tokens = append(r.Tokens, string(piece))
	}
	if !valid {
		for _, piece := range r.Tokens {
			r.Bytes = append(r.Bytes, base64.StdEncoding.EncodeToString([]byte(piece)))
		}
	}
	r.Text = tok.Decode(r.IDs)
}
