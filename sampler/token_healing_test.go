package sampler_test

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"argen"
	"argen/sampler"
)

// pieces are a vocabulary of pieces; with words, blanks stand between them.
// "</s>" is a control token.
type pieces []string

func (p pieces) Encode(text string) ([]argen.ID, error) { return nil, fmt.Errorf("no %q", text) }
func (p pieces) Decode([]argen.ID) string               { return "" }
func (p pieces) Piece(id argen.ID) []byte               { return []byte(p[id]) }
func (p pieces) Control(id argen.ID) bool               { return p[id] == "</s>" }
func (p pieces) VocabSize() int                         { return len(p) }

type words struct{ pieces }

func (w words) Join(prev, next argen.ID) string {
	if prev == argen.NoID || w.Control(prev) || w.pieces[next] == "." {
		return ""
	}
	return " "
}

func TestTokenHealing(t *testing.T) {
	urls := pieces{"http", ":", "://", "//", "/", "s", "</s>", "", ":/", "x"}
	story := words{pieces{"the", "cat", "ca", ".", "cats", "t", "</s>", "a"}}
	for _, k := range []struct {
		name   string
		tok    argen.Tokenizer
		text   string
		prompt []argen.ID
		fresh  []argen.ID
		want   []argen.ID // that pass; nil: all
	}{
		{"the token itself and longer ones", urls, ":", []argen.ID{0}, nil, []argen.ID{1, 2, 8}},
		{"beginnings too", urls, "://", []argen.ID{0}, nil, []argen.ID{1, 2, 8}},
		{"the rest after a beginning", urls, "://", []argen.ID{0}, []argen.ID{1}, []argen.ID{3, 4}},
		{"and after the next", urls, "://", []argen.ID{0}, []argen.ID{1, 4}, []argen.ID{3, 4}},
		{"it is used up", urls, "://", []argen.ID{0}, []argen.ID{1, 3}, nil},
		{"it is more than used up", urls, ":/", []argen.ID{0}, []argen.ID{2}, nil},
		{"a token that was forced ends it", urls, "://", []argen.ID{0}, []argen.ID{9}, nil},
		{"a beginning from which nothing leads on", urls, ":x:", nil, nil, []argen.ID{1}},
		{"none goes on: the best stays", urls, ":y", []argen.ID{0}, nil, []argen.ID{0}},
		{"a word after a blank", story, " ca", []argen.ID{0}, nil, []argen.ID{1, 2, 4}},
		{"no blank at the beginning", story, "ca", nil, nil, []argen.ID{1, 2, 4}},
		{"none after a control token", story, "ca", []argen.ID{6}, nil, []argen.ID{1, 2, 4}},
		{"ca and t are not cat, a blank is between", story, " cat", []argen.ID{0}, nil, []argen.ID{1, 4}},
		{"two words", story, " cat the", []argen.ID{0}, nil, []argen.ID{1}},
		{"the second", story, " cat the", []argen.ID{0}, []argen.ID{1}, []argen.ID{0}},
		{"a blank is used up by any word", story, " ", []argen.ID{0}, nil, []argen.ID{0, 1, 2, 4, 5, 7}},
		{"a mark without blank", story, ".", []argen.ID{0}, nil, []argen.ID{3}},
	} {
		stage, err := sampler.TokenHealing{Text: k.text}.Bind(k.tok, nil)
		if err != nil {
			t.Fatal(err)
		}
		c, err := argen.NewCandidates(make([]float64, k.tok.VocabSize()))
		if err != nil {
			t.Fatal(err)
		}
		stage.Apply(c, argen.Past{IDs: slices.Concat(k.prompt, k.fresh), Prompt: len(k.prompt)})
		got := slices.Clone(c.Top(c.Len()))
		if k.want == nil && len(got) == k.tok.VocabSize() {
			continue
		}
		if !slices.Equal(got, k.want) {
			t.Errorf("%s: %v pass, want %v", k.name, got, k.want)
		}
	}
	// What does not lead on is found out once for each place, not along each way.
	long := sampler.TokenHealing{Text: string(slices.Repeat([]byte{'/'}, 200)) + "?"}
	stage, err := long.Bind(urls, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := argen.NewCandidates(make([]float64, len(urls)))
	if err != nil {
		t.Fatal(err)
	}
	if stage.Apply(c, argen.Past{}); c.Len() != 1 {
		t.Errorf("%d pass where no way leads to the end", c.Len())
	}
	if long.Apply(c, argen.Past{}); c.Err() == nil {
		t.Error("a stage that is not bound works")
	}
}

// A token may begin as the text does and yet lead nowhere.
func TestTokenHealingReasons(t *testing.T) {
	urls := pieces{"http", ":", "://", "//", "x"}
	text := ":" + strings.Repeat("\n", 99)
	for _, k := range []struct {
		text string
		id   argen.ID
		want string
	}{
		{"://", 4, `it does not go on with "://"`},
		{":x/", 1, `no tokens complete ":x/" after it`},
		{text, 1, "no tokens complete " + strconv.Quote(text)[:48] + "… after it"},
	} {
		stage, err := sampler.TokenHealing{Text: k.text}.Bind(urls, nil)
		if err != nil {
			t.Fatal(err)
		}
		if why := stage.(argen.Reasoner).Reasons(nil, argen.Past{})(k.id); why != k.want || utf8.RuneCountInString(why) > 80 {
			t.Errorf("%s: %s, want %s", k.text, why, k.want)
		}
	}
}

func TestHeal(t *testing.T) {
	urls := pieces{"http", ":", "</s>", "\xe2\x82"}
	for _, k := range []struct {
		tok    argen.Tokenizer
		prompt []argen.ID
		kept   []argen.ID
		stage  argen.Transform
	}{
		{urls, []argen.ID{0, 1}, []argen.ID{0}, sampler.TokenHealing{Text: ":"}},
		{urls, []argen.ID{1}, []argen.ID{}, sampler.TokenHealing{Text: ":"}},
		{urls, []argen.ID{3}, []argen.ID{}, sampler.TokenHealing{Text: "\xe2\x82"}},
		{urls, []argen.ID{1, 2}, []argen.ID{1, 2}, nil},
		{urls, []argen.ID{}, []argen.ID{}, nil},
		{words{pieces{"the", "cat"}}, []argen.ID{0, 1}, []argen.ID{0}, sampler.TokenHealing{Text: " cat"}},
		{words{pieces{"the", "cat"}}, []argen.ID{1}, []argen.ID{}, sampler.TokenHealing{Text: "cat"}},
	} {
		kept, stage := sampler.Heal(k.tok, k.prompt)
		if !slices.Equal(kept, k.kept) || !reflect.DeepEqual(stage, k.stage) {
			t.Errorf("of %v %v is left, and %v", k.prompt, kept, stage)
		}
		if stage == nil {
			continue
		}
		back, err := sampler.Parse(stage.String())
		if err != nil || !reflect.DeepEqual(back, []argen.Transform{stage}) {
			t.Errorf("%s reads back as %v, %v", stage, back, err)
		}
	}
}
