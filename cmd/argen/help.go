package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

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
			switch {
			case err == nil && len(rest) > 0 && about != root && !about.HasSubCommands():
				return usagef("%s has no commands below it, found %q; help explains one command or topic", about.CommandPath(), rest[0])
			case err != nil || len(rest) > 0:
				word := args[len(args)-max(len(rest), 1)]
				lists := strings.Replace(about.CommandPath(), root.Name(), root.Name()+" help", 1)
				return usagef("unknown command or topic %q%s; %s lists all", word, orAsk(topicsLike(root, about, word)), lists)
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

// topicsLike returns the topics and commands below one, or else those that have
// the word as their own below another topic: "argen help search beams".
func topicsLike(root, about *cobra.Command, word string) []string {
	found := near(word, names(about.Commands()))
	for _, topic := range root.Commands() {
		if len(found) == 0 && topic.IsAdditionalHelpTopicCommand() && slices.Contains(names(topic.Commands()), word) {
			found = []string{root.Name() + " help " + topic.Name() + " " + word}
		}
	}
	return found
}
