package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"argen"
	"argen/internal/study"
	"argen/sampler"
	"argen/sampler/search"
)

// usualStrategies are those of a comparison that names none. The first is the
// model's own distribution, which the others are compared with.
var usualStrategies = []struct{ name, text string }{
	{"temperature 1", "temperature=1"},
	{"temperature 0.7", "temperature=0.7"},
	{"temperature 1.3", "temperature=1.3"},
	{"greedy", "greedy"},
	{"top-k 40", "top_k=40"},
	{"top-p 0.9", "top_p=0.9"},
	{"min-p 0.05", "min_p=0.05"},
	{"typical 0.95", "typical_p=0.95"},
	{"mirostat 2", "mirostat=2"},
	{"beams 4", "beams=4"},
	{"contrastive", "contrastive=0.6/4"}, // where a model has hidden states
}

// parseStrategy reads a strategy as --strategy has it: a chain, a search, both
// with a comma between them, or a preset, maybe after a name and a colon. One
// without a name is called what it is.
func parseStrategy(text string) (study.Strategy, error) {
	name, rest, named := cutName(text)
	s, err := strategyOf(rest)
	if err != nil && named {
		return s, fmt.Errorf("strategy %q: %w", argen.Visible(name), err)
	}
	if s.Name = strings.TrimSpace(rest); named {
		s.Name = name
	}
	return s, err
}

// cutName cuts "name: chain". A colon without a blank after it is one of the
// chain where what stands before it looks like one.
func cutName(text string) (name, rest string, ok bool) {
	name, rest, ok = strings.Cut(text, ": ")
	if !ok {
		name, rest, ok = strings.Cut(text, ":")
		ok = ok && !strings.ContainsAny(name, `=,/"`)
	}
	name = strings.TrimSpace(name)
	if !ok || name == "" || strings.Contains(name, `"`) {
		return "", text, false
	}
	return name, rest, true
}

// presetWord may stand before the name of a preset.
const presetWord = "preset "

// strategyOf reads what a strategy is, without its name.
func strategyOf(text string) (study.Strategy, error) {
	text = strings.TrimSpace(text)
	name, is := strings.CutPrefix(text, presetWord)
	if p, ok := sampler.LookupPreset(strings.TrimSpace(name)); ok {
		chain, err := p.FromFlags(func(string) []string { return nil })
		return study.Strategy{Chain: chain}, err
	} else if is {
		return study.Strategy{}, fmt.Errorf("unknown preset %q; there are %s", argen.Visible(name), strings.Join(presetNames(), ", "))
	}
	if text == "" {
		return study.Strategy{}, errors.New("it is empty: write a chain, a search, or a preset")
	}
	chain, searches := splitSearch(text)
	if len(searches) == 0 {
		chain = text // so that columns are those of the text
	}
	var s study.Strategy
	var err error
	if s.Chain, err = sampler.Parse(chain); err != nil {
		return s, err
	}
	if len(searches) > 0 {
		if s.Search, err = search.Parse(strings.Join(searches, ",")); err != nil {
			return s, err
		}
		err = search.Check(s.Search, s.Chain)
	}
	return s, err
}

// splitSearch parts the words of a strategy into those of stages and those of
// searches.
func splitSearch(text string) (chain string, searches []string) {
	var stages []string
	for _, word := range splitWordsAt(text, ',') {
		name, _, _ := strings.Cut(word, "=")
		name = strings.TrimSpace(name)
		if slices.ContainsFunc(search.Table, func(f search.Form) bool { return f.Name == name }) {
			searches = append(searches, word)
		} else {
			stages = append(stages, word)
		}
	}
	return strings.Join(stages, ","), searches
}

// splitWordsAt splits text at a separator outside of quotes.
func splitWordsAt(text string, at byte) []string {
	var words []string
	quoted, from := false, 0
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quoted:
			i++
		case text[i] == '"':
			quoted = !quoted
		case text[i] == at && !quoted:
			words = append(words, text[from:i])
			from = i + 1
		}
	}
	return append(words, text[from:])
}

// strategies are those that a comparison asks for; the file's come
// after those of the flags. Of two with one name it says so.
func (a *app) strategies(c *comparing, file []study.Strategy) ([]study.Strategy, error) {
	var all []study.Strategy
	for _, text := range c.strategies {
		s, err := parseStrategy(text)
		if err != nil {
			return nil, usagef("--strategy: %w", err)
		}
		all = append(all, s)
	}
	all = append(all, file...)
	if len(all) == 0 {
		c.usual = true
		for _, u := range usualStrategies {
			s, err := strategyOf(u.text)
			if err != nil {
				return nil, err
			}
			s.Name = u.name
			all = append(all, s)
		}
	}
	for i, s := range all {
		if slices.ContainsFunc(all[:i], func(t study.Strategy) bool { return t.Name == s.Name }) {
			return nil, usagef("two strategies are called %q: give them different names, as in --strategy \"name: chain\"", argen.Visible(s.Name))
		}
	}
	if len(all) > mostStrategies {
		return nil, usagef("%d strategies are too many to compare, the most are %d", len(all), mostStrategies)
	}
	return all, nil
}

// mostStrategies is how many strategies a comparison has at most.
const mostStrategies = 100
