package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"argen"
	"argen/sampler"
)

// verifying is a command line of verify.
type verifying struct {
	model            string
	identities, json bool
}

func verifyCommand(a *app) *cobra.Command {
	v := verifying{}
	c := &cobra.Command{
		Use:   "verify TRACE…",
		Short: "Run logged traces again and say whether they hold",
		Long: `Run logged traces again, with the model, prompt, chain and dice of their header,
and compare every token and every number. The first step that differs is named,
and the exit code is 1.

--identities also checks the laws that make a model autoregressive, on the
prompt and text of each trace: probabilities sum to 1; a context computed at
once, anew, rewound or forked gives the same logits; a prediction does not
depend on what comes later.

A JSON result is a line a trace: {"file","trace","steps","ok","torn",
"mismatch":{"t","field","logged","computed"},"identities":[{"name","doc","off",
"most","holds"}]}.`,
		Example: `  argen generate --seed 1 --log story.jsonl "One morning"
  argen verify story.jsonl
  argen verify --identities --json story.jsonl`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("verify needs a trace: argen verify FILE.jsonl")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.verify(c, &v, args) },
	}
	fs := c.Flags()
	fs.StringVarP(&v.model, "model", "m", "", "`REF` of the model to run, instead of the one that the trace names; it must be the same file")
	a.threadsFlag(fs)
	fs.BoolVar(&v.identities, "identities", false, "check the laws of an autoregressive model too")
	fs.BoolVar(&v.json, "json", false, "print a line of JSON for each trace")
	return c
}

// verified is the JSON of a trace that was run again.
type verified struct {
	File       string     `json:"file"`
	Trace      string     `json:"trace"` // its id
	Steps      int        `json:"steps"`
	OK         bool       `json:"ok"`
	Torn       bool       `json:"torn,omitempty"` // its last line was cut short
	Mismatch   *mismatch  `json:"mismatch,omitempty"`
	Identities []identity `json:"identities,omitempty"`
}

type mismatch struct {
	T        int    `json:"t"`
	Field    string `json:"field"`
	Logged   string `json:"logged"`
	Computed string `json:"computed"`
}

type identity struct {
	Name  string `json:"name"`
	Doc   string `json:"doc"`
	Off   number `json:"off"`  // the largest distance from the law
	Most  number `json:"most"` // what rounding may explain
	Holds bool   `json:"holds"`
}

func (a *app) verify(c *cobra.Command, v *verifying, files []string) error {
	ctx := c.Context()
	opened := a.models()
	opened.logged = true
	defer opened.close()
	failed := false
	for _, file := range files {
		ok, err := a.verifyFile(ctx, v, file, opened)
		switch {
		case ctx.Err() != nil || a.stdout.Err() != nil:
			return err
		case err != nil: // the other files may hold
			a.json = v.json
			a.complain(err)
		}
		failed = failed || err != nil || !ok
	}
	if failed {
		return errFailed
	}
	return nil
}

// verifyFile runs the traces of a file again and reports whether all hold.
func (a *app) verifyFile(ctx context.Context, v *verifying, file string, opened *models) (bool, error) {
	traces, err := a.readTraces(ctx, []string{file})
	if err != nil {
		return false, err
	}
	ok := true
	for _, trace := range traces {
		answer, err := v.check(ctx, trace, opened)
		if err != nil {
			return false, fmt.Errorf("%s: %w", argen.Visible(file), err)
		}
		answer.File = file
		ok = ok && answer.OK
		if v.json {
			err = a.printJSON(answer)
		} else {
			err = a.report(answer)
		}
		if err != nil {
			return false, err
		}
	}
	return ok, nil
}

// check runs one trace again.
func (v *verifying) check(ctx context.Context, trace *argen.Trace, opened *models) (*verified, error) {
	ref := v.model
	if ref == "" {
		ref = trace.Head.Model.Ref
	}
	opened.a.engine.Context, opened.a.engine.Fast = trace.Head.Model.ContextLength, trace.Head.Model.Activations != ""
	lm, err := opened.get(ctx, ref)
	if err != nil {
		return nil, err
	}
	answer := &verified{Trace: trace.Head.ID, Steps: len(trace.Steps), OK: true, Torn: trace.Torn}
	err = argen.Verify(ctx, argen.Generator{Model: lm.Model, Tokenizer: lm.Tokenizer}, trace, sampler.Parse)
	var differs *argen.Mismatch
	switch {
	case errors.As(err, &differs):
		answer.OK = false
		answer.Mismatch = &mismatch{differs.T, differs.Field, fmt.Sprint(differs.Logged), fmt.Sprint(differs.Computed)}
	case err != nil:
		return nil, err
	}
	if !v.identities {
		return answer, nil
	}
	ids := slices.Clone(trace.Head.PromptIDs)
	for _, s := range trace.Steps {
		ids = append(ids, s.ID)
	}
	if most := lm.Model.Info().ContextLength; most > 0 && len(ids) > most {
		ids = ids[:most] // the window slid there
	}
	laws, err := argen.CheckIdentities(ctx, lm.Model, ids)
	for _, law := range laws {
		answer.Identities = append(answer.Identities, identity{law.Name, law.Doc, number(law.Off), number(law.Most), law.Holds()})
		answer.OK = answer.OK && law.Holds()
	}
	return answer, err
}

// report says in words what became of a trace.
func (a *app) report(r *verified) error {
	name := argen.Visible(r.File)
	var err error
	if m := r.Mismatch; m != nil {
		_, err = fmt.Fprintf(a.stdout, "%s: trace %s differs at step %d: %s is %s in the trace and %s when run again\n",
			name, argen.Visible(r.Trace), m.T, m.Field, argen.Visible(m.Logged), argen.Visible(m.Computed))
	} else {
		are := "are"
		if r.Steps == 1 {
			are = "is"
		}
		_, err = fmt.Fprintf(a.stdout, "%s: trace %s holds, %s %s as logged\n", name, argen.Visible(r.Trace), count(r.Steps, "step"), are)
	}
	for _, law := range r.Identities {
		holds := "holds"
		if !law.Holds {
			holds = "FAILS"
		}
		if err == nil {
			_, err = fmt.Fprintf(a.stdout, "  %-9s  %s: %s\n%13soff by %.2g, rounding may explain %.2g\n", law.Name, holds, law.Doc, "", float64(law.Off), float64(law.Most))
		}
	}
	return err
}
