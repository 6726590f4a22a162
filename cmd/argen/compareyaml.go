package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"argen"
	"argen/internal/strict"
	"argen/internal/study"
)

// largestStrategies is how long a file of strategies may be, in bytes.
const largestStrategies = 1 << 20

// readStrategies reads strategies written as YAML, as a map of names
//
//	nucleus: top_p=0.9
//	wide: {chain: temperature=0.8, search: beams=4}
//
// or as a list, of texts as --strategy has them or of maps with a name:
//
//   - "nucleus: top_p=0.9"
//   - {name: as llama.cpp, preset: llamacpp}
//
// Whatever is not known is an error with its line.
func readStrategies(name string, data []byte) ([]study.Strategy, error) {
	r := strategyReader{file: name}
	if says := strict.Foreign(bytes.TrimPrefix(data, []byte("\ufeff"))); says != "" && len(data) > 0 {
		return nil, &strict.Error{File: name, Offset: -1, Msg: says}
	}
	var doc, more yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(data))
	switch err := d.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, &strict.Error{File: name, Offset: -1, Msg: "it is empty: write a strategy a line, as in  nucleus: top_p=0.9"}
	case err != nil:
		return nil, &strict.Error{File: name, Offset: -1, Msg: strings.ReplaceAll(strings.TrimPrefix(err.Error(), "yaml: "), "\n", " ")}
	}
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, r.errorf(&more, "a second document begins: write all strategies in one")
	}
	if len(doc.Content) == 1 {
		if err := r.read(doc.Content[0]); err != nil || len(r.all) > 0 {
			return r.all, err
		}
	}
	return nil, r.errorf(&doc, "there is nothing in it: write a strategy a line, as in  nucleus: top_p=0.9")
}

// A strategyReader reads the nodes of a document.
type strategyReader struct {
	file string
	all  []study.Strategy
}

func (r *strategyReader) errorf(at *yaml.Node, format string, args ...any) error {
	return &strict.Error{File: r.file, Offset: -1, Line: at.Line, Column: at.Column, Msg: fmt.Errorf(format, args...).Error()}
}

// read reads the map or the list.
func (r *strategyReader) read(top *yaml.Node) error {
	switch top.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(top.Content); i += 2 {
			key, value := top.Content[i], top.Content[i+1]
			name, err := r.text(key, "the name of a strategy")
			if err != nil {
				return err
			}
			if err := r.strategy(name, value); err != nil {
				return err
			}
		}
		return nil
	case yaml.SequenceNode:
		for _, item := range top.Content {
			if err := r.strategy("", item); err != nil {
				return err
			}
		}
		return nil
	}
	return r.errorf(top, "found %s: want a map of strategies, or a list", kindOf(top))
}

// strategy reads one, of a name if it is not "".
func (r *strategyReader) strategy(name string, at *yaml.Node) error {
	var s study.Strategy
	var err error
	switch {
	case at.Kind == yaml.MappingNode:
		s, err = r.fields(name, at)
	case name != "":
		var text string
		if text, err = r.text(at, "a chain"); err == nil {
			if s, err = strategyOf(text); err != nil {
				err = r.errorf(at, "%q: %w", argen.Visible(name), err)
			}
		}
		s.Name = name
	default:
		var text string
		if text, err = r.text(at, "a strategy"); err == nil {
			if s, err = parseStrategy(text); err != nil {
				err = r.errorf(at, "%w", err)
			}
		}
	}
	r.all = append(r.all, s)
	return err
}

// fields reads a strategy that is a map.
func (r *strategyReader) fields(name string, at *yaml.Node) (s study.Strategy, err error) {
	fields := map[string]string{}
	for i := 0; i+1 < len(at.Content); i += 2 {
		key, err := r.text(at.Content[i], "a field")
		if err != nil {
			return s, err
		}
		switch key {
		case "chain", "search", "preset":
		case "name":
			if name != "" {
				return s, r.errorf(at.Content[i], "%q has its name before the colon already", argen.Visible(name))
			}
		default:
			return s, r.errorf(at.Content[i], "unknown field %q%s: a strategy has name, chain, search, preset", argen.Visible(key), didYouMean(key, []string{"name", "chain", "search", "preset"}))
		}
		if _, twice := fields[key]; twice {
			return s, r.errorf(at.Content[i], "%s stands twice", key)
		}
		if fields[key], err = r.text(at.Content[i+1], key); err != nil {
			return s, err
		}
	}
	var parts []string
	for _, key := range []string{"chain", "search"} {
		if fields[key] != "" {
			parts = append(parts, fields[key])
		}
	}
	text := strings.Join(parts, ",")
	if p := fields["preset"]; p != "" {
		if text != "" {
			return s, r.errorf(at, "a preset is a chain of its own: leave out the other")
		}
		text = presetWord + p
	}
	if text == "" {
		return s, r.errorf(at, "it has no chain, no search and no preset")
	}
	if s, err = strategyOf(text); err != nil {
		return s, r.errorf(at, "%w", err)
	}
	if s.Name = name; name == "" {
		s.Name = fields["name"]
	}
	if s.Name == "" {
		s.Name = strings.TrimPrefix(text, presetWord)
	}
	return s, nil
}

// text reads a text, which must be there.
func (r *strategyReader) text(at *yaml.Node, what string) (string, error) {
	switch {
	case at.Kind == yaml.AliasNode || at.Anchor != "":
		return "", r.errorf(at, "%s is an anchor or alias: write it out", what)
	case at.Kind != yaml.ScalarNode || at.Tag == "!!null" || strings.TrimSpace(at.Value) == "":
		return "", r.errorf(at, "found %s where %s should stand", kindOf(at), what)
	}
	return strings.TrimSpace(at.Value), nil
}

// kindOf names what a node is.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a map"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.ScalarNode && n.Value != "" && n.Tag != "!!null":
		return "a text"
	}
	return "nothing"
}
