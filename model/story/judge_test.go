package story

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/tokenizer"
)

func TestJudge(t *testing.T) {
	const opening = "On Sunday, Mia and Omar met in the park. Mia had a red kite. " +
		"Mia left the kite under the bench and ran off to feed the ducks. "
	const found = "Omar, have you seen my red kite?” asked Mia. “No,” said Omar. " +
		"Then they looked under the bench, and there was the red kite! “What a good day,” said Omar."
	tok := tokenizer.NewStory(Default().Vocab())
	for _, c := range []struct {
		text       string
		wellFormed bool
		lost       string
		got        string
		expected   string
	}{
		{opening + "“" + found, true, "", "", ""},
		{opening + "“" + strings.Replace(found, "under", "in", 1), true, "container", "in", "under"},
		{opening + "“" + strings.Replace(found, "the bench", "the cart", 1), true, "container", "cart", "bench"},
		{opening + "“" + strings.Replace(found, "my red", "my blue", 1), true, "color", "blue", "red"},
		{opening + "“" + strings.Replace(found, "kite", "drum", 1), true, "object", "drum", "kite"},
		{opening + "“" + strings.Replace(found, "there was", "there were", 1), true, "agreement", "were", "was"},
		{opening + "“" + strings.Replace(found, "asked Mia", "asked Kim", 1), true, "name", "Kim", "Mia"},
		{opening + "“" + strings.Replace(found, "kite?”", "kite?", 1), false, "closing quote", "asked", "”"},
		{opening + "“" + strings.Replace(found, "good day", "good park", 1), false, "wording", "park", "day"},
		{opening + "“" + found + " Omar", false, "ending", "Omar", eosName},
	} {
		ids, err := tok.Encode(c.text)
		if err != nil {
			t.Fatal(err)
		}
		words := append(Default().Words(ids), eosName)
		v, err := Default().Judge(words)
		if err != nil {
			t.Fatal(err)
		}
		accepted, err := Default().Accepts(append(ids, EOS))
		if err != nil || accepted != v.Coherent {
			t.Errorf("%s\naccepted: %v, coherent: %v (%v)", c.text, accepted, v.Coherent, err)
		}
		if v.Coherent != (c.lost == "") || v.WellFormed != c.wellFormed || v.Lost != c.lost || v.Got != c.got {
			t.Errorf("%s\n%+v, want %+v", c.text, v, c)
		}
		if c.expected != "" && !slices.ContainsFunc(v.Expected, func(e Expected) bool { return e.Word == c.expected }) {
			t.Errorf("%s\nexpected %v, want %s among them", c.text, v.Expected, c.expected)
		}
	}
}

func TestJudgeOddStories(t *testing.T) {
	g := parsed(t, small)
	for _, c := range []struct{ words, want string }{
		{"<s> Rex sat . </s>", `{"coherent":true,"well_formed":true,"at":-1,"shape_at":-1}`},
		{"Rex sat .", `{"coherent":false,"well_formed":false,"at":3,"shape_at":3,"lost":"ending","expected":[{"word":"\u003c/s\u003e","prob":1}]}`},
		{"", `{"coherent":false,"well_formed":false,"at":0,"shape_at":0,"lost":"pet name","expected":[{"word":"Tom","prob":0.5},{"word":"Kit","prob":0.25},{"word":"Rex","prob":0.25}]}`},
		{"Rex sat . </s> Tom", `{"coherent":false,"well_formed":false,"at":4,"shape_at":4,"lost":"ending","got":"Tom"}`},
		{"Rex flew", `{"coherent":false,"well_formed":false,"at":1,"shape_at":1,"lost":"wording","expected":[{"word":"sat","prob":0.75},{"word":"and","prob":0.25}],"got":"flew"}`},
		// Without memory the two may be the same, and Rex may have Tom's noun,
		// but a noun of two words must be finished.
		{"Rex and Rex sat . Big fox slept . </s>", `{"coherent":false,"well_formed":true,"at":2,"shape_at":-1,"lost":"pet name","expected":[{"word":"Tom","prob":0.6666666666666666},{"word":"Kit","prob":0.3333333333333333}],"got":"Rex"}`},
		{"Rex sat . The big cat ate . </s>", `{"coherent":false,"well_formed":true,"at":3,"shape_at":-1,"lost":"ending","expected":[{"word":"\u003c/s\u003e","prob":1}],"got":"The"}`},
		{"Tom sat . The big dog ate . </s>", `{"coherent":false,"well_formed":false,"at":5,"shape_at":5,"lost":"pet name","expected":[{"word":"cat","prob":1}],"got":"dog"}`},
	} {
		v, err := g.Judge(strings.Fields(c.words))
		data, _ := json.Marshal(v)
		if err != nil || string(data) != c.want {
			t.Errorf("%q:\ngot  %s %v\nwant %s", c.words, data, err, c.want)
		}
	}
}

// A story with one word replaced is rejected, if at all, at that word or later.
func TestJudgeRejectsNotBeforeTheChange(t *testing.T) {
	g := Default()
	rejected := 0
	for i, ids := range sampled(t, g, 100) {
		at := (i * 37) % len(ids)
		changed := slices.Clone(ids)
		changed[at] = argen.ID(2 + (i*101)%(len(g.vocab)-2))
		v, err := g.Judge(g.Words(changed))
		if err != nil {
			t.Fatal(err)
		}
		if !v.Coherent {
			rejected++
		}
		if v.Coherent == (v.At >= 0) || !v.Coherent && v.At < at || v.ShapeAt >= 0 && v.ShapeAt < v.At || v.Coherent && !v.WellFormed {
			t.Errorf("changed at %d: %+v", at, v)
		}
	}
	if rejected < 95 {
		t.Errorf("%d of 100 changed stories are rejected", rejected)
	}
}
