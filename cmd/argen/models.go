package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"argen/model"
)

// A modelEntry is a model, or a kind of file, that -m can name.
type modelEntry struct {
	Ref     string `json:"ref"`
	Kind    string `json:"kind"` // "embedded", "fetched" or "file"
	Doc     string `json:"doc"`
	Default bool   `json:"default,omitempty"`
}

func (a *app) modelEntries() []modelEntry {
	var list []modelEntry
	for _, s := range model.Schemes {
		ref := s.Name
		if s.Arg != "" {
			ref += "[:" + s.Arg + "]"
		}
		list = append(list, modelEntry{Ref: ref, Kind: s.Kind, Doc: s.Doc, Default: s.Name == a.defaultModel()})
	}
	for _, f := range model.Formats {
		list = append(list, modelEntry{Ref: f.Endings, Kind: "file", Doc: f.Name + ": " + f.Doc})
	}
	return list
}

func modelsCommand(a *app) *cobra.Command {
	asJSON := false
	c := &cobra.Command{
		Use:   "models",
		Short: "List the models that -m can name",
		Long: `List the models that are part of argen and the kinds of file it opens. A file
is looked for where its path says, from the present folder.`,
		Example: `  argen models
  argen models --json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			list := a.modelEntries()
			if asJSON {
				return a.printJSON(list)
			}
			_, err := io.WriteString(a.stdout, modelTable(list))
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print them as JSON")
	return c
}

// modelTable lists models for people.
func modelTable(list []modelEntry) string {
	width := 0
	for _, e := range list {
		width = max(width, len(e.Ref))
	}
	var b strings.Builder
	for _, e := range list {
		star := " "
		if e.Default {
			star = "*"
		}
		doc := strings.Split(wrapText(e.Doc, 78-2-width-2), "\n")
		fmt.Fprintf(&b, "%s %-*s  %s\n", star, width, e.Ref, doc[0])
		for _, line := range doc[1:] {
			fmt.Fprintf(&b, "  %-*s  %s\n", width, "", line)
		}
	}
	b.WriteString("* is used without -m; the environment's ARGEN_MODEL names another\n")
	return b.String()
}
