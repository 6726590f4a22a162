package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"argen/model/hub"
)

func modelsRemoveCommand(a *app) *cobra.Command {
	yes, asJSON := false, false
	c := &cobra.Command{
		Use:   "remove " + hub.Form,
		Short: "Remove a model that was fetched",
		Long: `Remove a model that argen pull, or huggingface_hub, has fetched: all its
revisions, one with @REV, one file with :FILE. Files that another revision has
too stay. It says what goes and asks, unless --yes is given.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("models remove takes one model, %s, found %d", hub.Form, len(args))
			}
			if _, err := hub.ParseRef(args[0]); err != nil {
				return usageError{err}
			}
			return nil
		},
		ValidArgsFunction: completeOnePulled,
		RunE: func(c *cobra.Command, args []string) error {
			return a.removeModel(c.Context(), args[0], yes, asJSON)
		},
	}
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	c.Flags().BoolVar(&asJSON, "json", false, "print what was removed as JSON")
	return c
}

// A removedModel is what argen models remove reports.
type removedModel struct {
	Ref   string   `json:"ref"`
	Files []string `json:"files"`
	Bytes int64    `json:"freed_bytes"`
}

func (a *app) removeModel(ctx context.Context, ref string, yes, asJSON bool) error {
	r, err := hub.ParseRef(ref)
	if err != nil {
		return err
	}
	removal, err := hub.CacheFromEnv(a.env).Removal(r)
	if err != nil {
		return err
	}
	if !yes {
		if !a.stdinTTY || asJSON {
			return usagef("nobody can be asked here whether to remove %s (%s): give --yes", r, sizeText(removal.Bytes))
		}
		for _, name := range removal.Names {
			fmt.Fprintln(a.stderr, "  "+name)
		}
		fmt.Fprintf(a.stderr, "Remove %s, %s? [y/N] ", r, sizeText(removal.Bytes))
		answer, err := a.line(ctx)
		if err != nil && err != io.EOF {
			return err
		}
		if word := strings.ToLower(strings.TrimSpace(answer)); word != "y" && word != "yes" {
			a.hint("nothing is removed")
			return errFailed
		}
	}
	if err := removal.Remove(); err != nil {
		return err
	}
	if asJSON {
		return a.printJSON(removedModel{r.String(), removal.Names, removal.Bytes})
	}
	_, err = fmt.Fprintf(a.stdout, "%s is removed, %s are free\n", r, sizeText(removal.Bytes))
	return err
}
