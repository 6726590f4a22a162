package main

import "github.com/spf13/cobra"

// helpCommand is cobra's, but that an unknown word is an error.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND or TOPIC]",
		Short: "Explain a command or a topic",
		Example: `  argen help step
  argen help sampling`,
		RunE: func(c *cobra.Command, args []string) error {
			root := c.Root()
			about, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return usagef("unknown command or topic %q%s; argen help lists all", args[len(args)-max(len(rest), 1)], didYouMean(root.SuggestionsFor(args[0])))
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			about, _, err := c.Root().Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var words []string
			for _, below := range about.Commands() {
				if below.IsAvailableCommand() || below.IsAdditionalHelpTopicCommand() {
					words = append(words, cobra.CompletionWithDesc(below.Name(), below.Short))
				}
			}
			return words, cobra.ShellCompDirectiveNoFileComp
		},
	}
}
