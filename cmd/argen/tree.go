package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"argen"
	"argen/model"
	"argen/sampler/search"
	"argen/viz"
)

// treeFlags is a command line of tree.
type treeFlags struct {
	model  string
	prompt promptFlags
	chain  chainFlags
	search.TreeOptions
	json, ascii bool
	out         string
	look        chartLook
}

func treeCommand(a *app) *cobra.Command {
	f := treeFlags{TreeOptions: search.TreeOptions{Depth: 3, Branch: 3, MinProb: 0.01, Most: 5000}}
	c := &cobra.Command{
		Use:   "tree [PROMPT]",
		Short: "Show what may follow a text: the tree of continuations",
		Long: `Show what may follow PROMPT, token by token: each token with its probability
given the text before, P(token), and with that of the text up to it, P(text),
which is the product of those on the way. What is not shown stands there as
others, so that at each place, and over the whole tree, the sum is 1.

The tree marks the greedy path, the most probable token each time, and the most
probable text of that length, which a search proves: where they differ greedy is
in a trap. --beams marks where a beam search goes. Probabilities are those that
tokens are drawn from, after the chain.

-o draws the tree: each token as wide as its P(text). A JSON result is
{"model","prompt","prompt_ids","chain","depth","branch","min_prob","greedy":
{"ids","text","prob","logprob"},"best","contexts","beams","trapped","verdict",
"leaves","others","tree":{"joint","children":[{"id","token","text","prob",
"sampled_prob","joint","end","greedy","best","beam","children","others"}],
"others":{"tokens","sampled_prob","joint"}}}: prob is the model's own, leaves
and others are the sums of what is shown to its end and of what is not.`,
		Example: `  argen tree "It was a"
  argen tree --depth 4 --beams 3 -m story-ngram
  argen tree --depth 5 -o tree.svg "They"
  argen tree --json --temperature 0.5 --branch 2 "It was a"
  argen tree --json "It was a" | argen plot tree - -o later.svg`,
		RunE: func(c *cobra.Command, args []string) error { return a.tree(c.Context(), &f, args) },
	}
	fs := c.Flags()
	a.modelFlag(fs, &f.model)
	a.engineFlags(fs)
	f.prompt.add(fs)
	fs.Var(&fromOneValue{&f.Depth}, "depth", "go `N` tokens deep")
	fs.Var(&fromOneValue{&f.Branch}, "branch", "show at most `N` tokens after each text, the most probable ones")
	fs.Float64Var(&f.MinProb, "min-prob", f.MinProb, "show only texts with a P(text) of at least `P`; paths that were found are shown anyway")
	fs.Var(&fromOneValue{&f.Beams}, "beams", "mark the texts that a search with `N` beams keeps at each depth, by their rank there")
	fs.IntVar(&f.Most, "contexts", f.Most, "look at `N` contexts at most to prove which text is the most probable, 0 for none")
	fs.BoolVar(&f.json, "json", false, "print the tree as JSON")
	fs.StringVarP(&f.out, "output", "o", "", "draw the tree to `FILE` instead: *.png, *.svg or *.pdf")
	f.look.add(fs)
	fs.BoolVar(&f.ascii, "ascii", false, "only ASCII but for tokens")
	f.chain.add(fs)
	return c
}

func (a *app) tree(ctx context.Context, f *treeFlags, args []string) error {
	switch {
	case !(f.MinProb >= 0 && f.MinProb <= 1):
		return usagef("--min-prob: %v is no probability, it must be from 0 to 1", f.MinProb)
	case f.Depth > search.MostDepth:
		return usagef("--depth: %d is too deep for a tree, it must be from 1 to %d", f.Depth, search.MostDepth)
	case f.Beams > search.MostTexts:
		return usagef("--beams: %d is out of range, it must be from 1 to %d", f.Beams, search.MostTexts)
	case f.Most < 0:
		return usagef("--contexts: %d is no number of contexts, it must be 0 or more", f.Most)
	}
	if err := f.look.check(f.out); err != nil {
		return err
	}
	if f.out != "" {
		if err := checkChart(f.out, nil); err != nil {
			return err
		}
	}
	prompt, err := a.prompt(ctx, &f.prompt, args, false)
	if err != nil {
		return err
	}
	chain, err := f.chain.stages(false)
	if err != nil {
		return err
	}
	lm, err := a.open(ctx, f.model)
	if err != nil {
		return err
	}
	defer lm.Close()
	if prompt, err = f.prompt.chat.converse(prompt, lm); err != nil {
		return err
	}
	grown, err := f.grow(ctx, lm, chain, prompt)
	if err != nil {
		return err
	}
	if f.out != "" {
		chart, _ := viz.Lookup("tree")
		fig, err := f.look.draw(chart, viz.Input{Tree: grown.chart()})
		if err == nil {
			err = viz.Save(fig, f.out)
		}
		if err != nil {
			return err
		}
		a.hint("%s is written", argen.Visible(f.out))
	}
	switch {
	case f.json:
		return a.printJSON(grown)
	case f.out == "":
		_, err = a.stdout.Write([]byte(grown.text(f.ascii)))
	}
	return err
}

// A grownTree is a tree and what it was grown from.
type grownTree struct {
	*search.Tree
	head argen.Header
	tok  argen.Tokenizer
}

// grow grows the tree that the flags ask for.
func (f *treeFlags) grow(ctx context.Context, lm *model.LM, chain []argen.Transform, prompt text) (*grownTree, error) {
	r, err := prompt.start(argen.Generator{Model: lm.Model, Tokenizer: lm.Tokenizer, Chain: chain, BOS: f.prompt.addBOS, MaxTokens: f.Depth, NoHash: true})
	if err != nil {
		return nil, err
	}
	t, err := search.NewTree(ctx, r, f.TreeOptions)
	if err != nil {
		return nil, plainDeadEnd(err, lm.Model.Info())
	}
	if t.Root.End != "" {
		return nil, fmt.Errorf("nothing can follow: %s", t.Root.End)
	}
	return &grownTree{t, r.Trace().Head, lm.Tokenizer}, nil
}

// chart is what viz draws.
func (t *grownTree) chart() viz.TreeData {
	return viz.TreeData{
		Model: t.head.Model.Ref, Prompt: t.head.PromptText, Chain: t.head.Chain,
		Root: t.Root, Verdict: t.Verdict(curly), Trapped: t.Trapped(),
	}
}
