package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"argen"
	"argen/model"
	"argen/model/hub"
	"argen/viz/term"
)

// A modelEntry is a model, or a kind of file, that -m can name.
type modelEntry struct {
	Ref     string `json:"ref"`
	Kind    string `json:"kind"` // "embedded", "fetched", "file" or "pulled"
	Doc     string `json:"doc"`
	Default bool   `json:"default,omitempty"`

	// Path and Bytes are of models that were fetched, the rest is of those that
	// argen pull or huggingface_hub has.

	Format   string     `json:"format,omitempty"` // "safetensors", "GGUF", "incomplete", "other"
	Commit   string     `json:"commit,omitempty"`
	Path     string     `json:"path,omitempty"`
	Bytes    int64      `json:"bytes,omitempty"`
	Modified *time.Time `json:"modified,omitempty"`

	missing error // why the file of a model with a name is not there, nil if it is
}

func (a *app) modelEntries() []modelEntry {
	var list []modelEntry
	for _, s := range model.Schemes {
		ref := s.Name
		if s.Arg != "" {
			ref += "[:" + s.Arg + "]"
		}
		e := modelEntry{Ref: ref, Kind: s.Kind, Doc: s.Doc, Default: s.Name == a.defaultModel()}
		if s.File != nil {
			if e.Path, e.missing = s.File(); e.missing == nil {
				if info, err := os.Stat(e.Path); err == nil {
					e.Bytes = info.Size()
				}
			}
		}
		list = append(list, e)
	}
	list = append(list, modelEntry{Ref: hub.Form, Kind: "pulled", Doc: "a model of a hub that argen pull has fetched"})
	for _, f := range model.Formats {
		list = append(list, modelEntry{Ref: f.Endings, Kind: "file", Doc: f.Name + ": " + f.Doc})
	}
	return list
}

// pulledEntries lists the models in a hub's cache.
func (a *app) pulledEntries(cache hub.Cache) ([]modelEntry, error) {
	var list []modelEntry
	models, err := cache.List()
	for _, m := range models {
		e := modelEntry{Ref: m.Ref.String(), Kind: "pulled", Format: m.Kind, Commit: m.Commit, Path: m.Path, Bytes: m.Bytes}
		if !m.Modified.IsZero() {
			at := m.Modified.UTC().Truncate(time.Second)
			e.Modified = &at
		}
		switch m.Kind {
		case hub.KindFolder:
			e.Doc = "weights in a folder of transformers"
		case hub.KindGGUF:
			e.Doc = "a GGUF file"
		case hub.KindIncomplete:
			e.Doc = "not here as a whole: argen pull goes on with it"
		default:
			e.Format, e.Doc = "other", "no model that argen opens"
		}
		list = append(list, e)
	}
	return list, err
}

func modelsCommand(a *app) *cobra.Command {
	asJSON := false
	c := &cobra.Command{
		Use:   "models",
		Short: "List the models that -m can name",
		Long: `List the models that are part of argen, the kinds of file it opens, and the
models that argen pull or the Python package huggingface_hub has fetched, with
their size, format, day and commit. A file is looked for where its path says,
from the present folder. smollm2 is a real language model: make real-model, in
argen's source folder, fetches it (98 MB) to the system's folder for caches.

What a model was trained on does not matter to argen: any file of these kinds is
watched, scored and compared alike. One with a chat template, which argen info
shows, takes --chat wherever it takes a prompt.`,
		Example: `  argen models
  argen models --json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			list := a.modelEntries()
			cache := hub.CacheFromEnv(a.env)
			pulled, err := a.pulledEntries(cache)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(append(list, pulled...))
			}
			text := modelTable(list)
			if len(pulled) > 0 {
				text += "\nFetched, in " + argen.Visible(cache.Dir) + ":\n" + pulledTable(pulled)
			}
			_, err = io.WriteString(a.stdout, text)
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print them as JSON")
	c.AddCommand(modelsRemoveCommand(a))
	return c
}

// pulledTable lists models that were fetched for people.
func pulledTable(list []modelEntry) string {
	width := 0
	for _, e := range list {
		width = max(width, len(e.Ref))
	}
	var b strings.Builder
	for _, e := range list {
		day, commit := "", e.Commit[:min(len(e.Commit), 7)]
		if e.Modified != nil {
			day = e.Modified.Format(time.DateOnly)
		}
		line := fmt.Sprintf("%-*s  %10s  %-11s  %-10s  %s", width, e.Ref, sizeText(e.Bytes), e.Format, day, commit)
		b.WriteString("  " + strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
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
		doc := strings.Split(term.Wrap(e.Doc, 78-2-width-2), "\n")
		fmt.Fprintf(&b, "%s %-*s  %s\n", star, width, e.Ref, doc[0])
		for _, line := range doc[1:] {
			fmt.Fprintf(&b, "  %-*s  %s\n", width, "", line)
		}
	}
	b.WriteString("* is used without -m; the environment's ARGEN_MODEL names another\n")
	for _, e := range list {
		switch {
		case e.missing != nil:
			fmt.Fprintf(&b, "%s: %v\n", e.Ref, e.missing)
		case e.Path != "":
			fmt.Fprintf(&b, "%s is fetched: %s, %s\n", e.Ref, argen.Visible(e.Path), sizeText(e.Bytes))
		}
	}
	return b.String()
}
