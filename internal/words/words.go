// Package words holds the texts of lessons and reports in one catalogue a
// language, so that a translation is one file: a map from keys such as
// lessons.chain-rule.claim to texts with places for values in braces.
//
//	w, err := words.In("en")
//	w.Say("lessons.chain-rule.finding", words.Map{"off": "2.1e-07"})
//
// A catalogue is YAML; nested maps are keys joined by dots, and the entries of a
// list are numbered from 0. Numbers look the same in every language, so that
// those of a text, a chart and a JSON file can be compared.
package words

import (
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed *.yaml
var files embed.FS

// A Catalogue is all texts in one language.
type Catalogue struct {
	Language string // "en"
	texts    map[string]string
}

// Map gives the values for the places of a text: "off" for {off}.
type Map map[string]string

// Languages are those that there are texts in, the first is used unless
// somebody chooses.
var Languages = []string{"en", "de"}

var catalogues = sync.OnceValues(func() (map[string]*Catalogue, error) {
	all := map[string]*Catalogue{}
	for _, language := range Languages {
		data, err := files.ReadFile(language + ".yaml")
		if err != nil {
			return nil, err
		}
		if all[language], err = read(language, data); err != nil {
			return nil, err
		}
	}
	return all, nil
})

// In returns the catalogue of a language.
func In(language string) (*Catalogue, error) {
	all, err := catalogues()
	if err != nil {
		return nil, err
	}
	c := all[language]
	if c == nil {
		return nil, fmt.Errorf("there are no texts in %q: languages are %s", language, strings.Join(Languages, ", "))
	}
	return c, nil
}

// read reads a catalogue.
func read(language string, data []byte) (*Catalogue, error) {
	var tree yaml.Node
	if err := yaml.Unmarshal(data, &tree); err != nil {
		return nil, fmt.Errorf("%s.yaml: %w", language, err)
	}
	c := &Catalogue{Language: language, texts: map[string]string{}}
	if len(tree.Content) == 1 {
		if err := c.add("", tree.Content[0]); err != nil {
			return nil, fmt.Errorf("%s.yaml: %w", language, err)
		}
	}
	return c, nil
}

// add adds what a node of YAML holds under a key.
func (c *Catalogue) add(key string, n *yaml.Node) error {
	join := func(part string) string {
		if key == "" {
			return part
		}
		return key + "." + part
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if err := c.add(join(n.Content[i].Value), n.Content[i+1]); err != nil {
				return err
			}
		}
	case yaml.SequenceNode:
		for i, m := range n.Content {
			if err := c.add(join(strconv.Itoa(i)), m); err != nil {
				return err
			}
		}
	case yaml.ScalarNode:
		if _, twice := c.texts[key]; twice {
			return fmt.Errorf("line %d: %s is there twice", n.Line, key)
		}
		if n.Tag != "!!null" {
			c.texts[key] = strings.TrimSpace(n.Value)
		}
	default:
		return fmt.Errorf("line %d: %s is neither a text nor a map nor a list", n.Line, key)
	}
	return nil
}

// Has reports whether there is a text of a key.
func (c *Catalogue) Has(key string) bool {
	_, ok := c.texts[key]
	return ok
}

// Keys returns all keys in order.
func (c *Catalogue) Keys() []string {
	keys := make([]string, 0, len(c.texts))
	for k := range c.texts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Say returns the text of a key with the values in their places. What is not
// there stands as ⟨key⟩ or ⟨place⟩, which no text has otherwise: tests look for
// it.
func (c *Catalogue) Say(key string, values Map) string {
	text, ok := c.texts[key]
	if !ok {
		return "⟨" + key + "⟩"
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		place, after, closed := strings.Cut(rest, "}")
		value, ok := values[place]
		switch {
		case !closed:
			b.WriteString("⟨" + rest + "⟩")
			return b.String()
		case !ok:
			value = "⟨" + place + "⟩"
		}
		b.WriteString(value)
		text = after
	}
}

// List returns the texts of a list: those of key.0, key.1, …
func (c *Catalogue) List(key string, values Map) []string {
	var list []string
	for i := 0; c.Has(key + "." + strconv.Itoa(i)); i++ {
		list = append(list, c.Say(key+"."+strconv.Itoa(i), values))
	}
	return list
}

// Places returns the names of the places of a text, in order, each once.
func (c *Catalogue) Places(key string) []string {
	var places []string
	for _, part := range strings.Split(c.texts[key], "{")[1:] {
		if place, _, closed := strings.Cut(part, "}"); closed && !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	slices.Sort(places)
	return places
}
