package main

import (
	"github.com/spf13/cobra"
)

func trainCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "train KIND FILES...",
		Short: "Train a model on your own text",
		Long: `Train a model on your own text. The kinds are transformer, which learns by
making its mistakes smaller step by step, ngram, which learns by counting, and
tokenizer, which learns where to cut text into tokens.`,
		Example: `  argen train ngram --stories 2000 --seed 1 -o stories.bin`,
		Args:    needKind,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(trainTransformerCommand(a), trainNGramCommand(a), trainTokenizerCommand(a))
	return c
}

// needKind is the rule for the arguments of a command that only has commands
// below it.
func needKind(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usagef("%s: unknown kind %q%s; argen help %s lists all", c.Name(), args[0], didYouMean(args[0], names(c.Commands())), c.Name())
}
