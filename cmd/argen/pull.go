package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"argen"
	"argen/model/hub"
	"argen/model/transformer"
)

// A pulling is argen pull.
type pulling struct {
	ref                      string
	check, dryRun, any, json bool
}

func pullCommand(a *app) *cobra.Command {
	var o pulling
	c := &cobra.Command{
		Use:   "pull " + hub.Form,
		Short: "Fetch a model from a hub",
		Long: `Fetch a model from a hub such as Hugging Face's, to be named by -m from then on:

  argen pull hf:HuggingFaceTB/SmolLM2-135M-Instruct
  argen step -m hf:HuggingFaceTB/SmolLM2-135M-Instruct "The capital of"
  argen pull hf:bartowski/SmolLM2-135M-Instruct-GGUF:Q4_0

REV is a branch, a tag or a commit, main where none is given. Without FILE the
weights (model.safetensors or its shards) are fetched with configuration,
tokenizer and chat template, or the repository's only GGUF file. FILE names one
of several GGUF files, or what tells it from the others, such as Q4_K_M; a split
one is fetched whole. A model whose config.json argen does not read is refused
before its weights are fetched. No other command opens a connection.

Ctrl-C stops it; the same command goes on where it stopped. The hash of every
file is compared with the hub's before the file gets its name. Files lie where
the Python package huggingface_hub puts them, so each finds what the other has
fetched; argen help environment has the variables of both: HF_HOME, HF_TOKEN for
gated models, HF_ENDPOINT for mirrors. argen models lists and removes them.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("pull takes one model, %s, found %d", hub.Form, len(args))
			}
			if args[0] == "smollm2" {
				return usagef("smollm2 is not fetched from a hub: make real-model, in argen's source folder, fetches it")
			}
			if _, err := hub.ParseRef(args[0]); err != nil {
				return usageError{err}
			}
			return nil
		},
		ValidArgsFunction: completeOnePulled,
		RunE: func(c *cobra.Command, args []string) error {
			o.ref = args[0]
			return a.pull(c.Context(), o)
		},
	}
	c.Flags().BoolVar(&o.check, "check", false, "compare also files that are here already with their hashes, and replace damaged ones")
	c.Flags().BoolVar(&o.any, "any", false, "fetch also a model whose config.json argen does not read")
	c.Flags().BoolVarP(&o.dryRun, "dry-run", "n", false, "say what would be fetched, and fetch nothing")
	c.Flags().BoolVar(&o.json, "json", false, "print what was fetched as JSON")
	return c
}

// A pulledModel is what argen pull reports.
type pulledModel struct {
	Ref     string     `json:"ref"`
	Commit  string     `json:"commit"`
	Path    string     `json:"path"`
	Bytes   int64      `json:"bytes"`
	Fetched int64      `json:"fetched_bytes"`
	Files   []hub.File `json:"files"`
	DryRun  bool       `json:"dry_run,omitempty"`
}

func (a *app) pull(ctx context.Context, o pulling) error {
	r, err := hub.ParseRef(o.ref)
	if err != nil {
		return err
	}
	config, err := hub.FromEnv(a.env)
	if err != nil {
		return err
	}
	bar := a.progress()
	if config.NoBars {
		bar.w = nil
	}
	p := &hub.Puller{
		Config:   config,
		Check:    o.check,
		Progress: func(done, total int64) { bar.set("fetching", done, total, "bytes") },
		Note: func(text string) {
			bar.end()
			a.hint("%s", argen.Visible(text))
		},
	}
	if !o.any {
		p.Accept = func(config []byte) error {
			if _, err := transformer.ParseConfig(transformer.ConfigFile, config); err != nil {
				return fmt.Errorf("%w; --any fetches it all the same", err)
			}
			return nil
		}
	}
	begun := time.Now()
	if o.dryRun {
		plan, more, err := p.Plan(ctx, r)
		if err != nil {
			return err
		}
		return a.pullReport(o, plan, 0, more)
	}
	pulled, err := p.Pull(ctx, r)
	bar.end()
	var sig stopped
	switch {
	case errors.As(context.Cause(ctx), &sig):
		a.hint("what has come is kept; the same command goes on with it")
		return err
	case err != nil:
		return err
	}
	return a.pullReport(o, pulled, time.Since(begun), false)
}

// pullReport prints what was fetched, or would be.
func (a *app) pullReport(o pulling, p *hub.Pulled, spent time.Duration, more bool) error {
	all, fetched := p.Bytes()
	if o.json {
		return a.printJSON(pulledModel{p.Ref.String(), p.Commit, p.Path, all, fetched, p.Files, o.dryRun})
	}
	var b rows
	b.row("model", "%s", p.Ref)
	b.row("commit", "%s", p.Commit)
	for _, f := range p.Files {
		switch {
		case f.Fetched == 0:
			b.row("  here", "%s, %s", f.Name, sizeText(f.Size))
		case f.Fetched < f.Size:
			b.row("  file", "%s, %s, of which %s %s here", f.Name, sizeText(f.Size), sizeText(f.Size-f.Fetched), map[bool]string{true: "are", false: "were"}[o.dryRun])
		default:
			b.row("  file", "%s, %s", f.Name, sizeText(f.Size))
		}
	}
	switch {
	case o.dryRun && more:
		b.row("to fetch", "%s, and the shards of the weights, which the index lists", sizeText(fetched))
	case o.dryRun:
		b.row("to fetch", "%s of %s", sizeText(fetched), sizeText(all))
	case fetched == 0:
		b.row("fetched", "nothing: all %s were here", sizeText(all))
	default:
		b.row("fetched", "%s in %.1f s, hashes right", sizeText(fetched), spent.Seconds())
	}
	if !o.dryRun {
		b.row("path", "%s", p.Path)
	}
	_, err := io.WriteString(a.stdout, b.String())
	return err
}

// completeOnePulled completes the one argument of a command, a model that was
// fetched.
func completeOnePulled(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return completePulled(typed), cobra.ShellCompDirectiveNoFileComp
}

// completePulled completes names of models that were fetched.
func completePulled(typed string) []string {
	list, _ := hub.CacheFromEnv(os.Getenv).List() // without a cache there are none
	var names []string
	for _, m := range list {
		if name := m.Ref.String(); m.Kind != "" && strings.HasPrefix(name, typed) {
			names = append(names, cobra.CompletionWithDesc(name, fmt.Sprintf("%s, %s", m.Kind, sizeText(m.Bytes))))
		}
	}
	return names
}
