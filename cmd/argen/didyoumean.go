package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"argen/internal/edits"
)

// names are those of the commands that can be given.
func names(commands []*cobra.Command) []string {
	var all []string
	for _, c := range commands {
		if c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() {
			all = append(all, c.Name())
		}
	}
	return all
}

// near returns those of all words, three at most, that a mistyped one may
// stand for: it is their beginning, or at most a third of it is wrong.
func near(word string, all []string) []string {
	word = strings.ToLower(word)
	distance := func(other string) int {
		if len(word) > 1 && strings.HasPrefix(other, word) {
			return 0
		}
		return edits.Distance(word, other)
	}
	var found []string
	for _, other := range all {
		if distance(other) <= max(1, len(word)/3) && len(word) > 1 {
			found = append(found, other)
		}
	}
	slices.SortStableFunc(found, func(x, y string) int { return distance(x) - distance(y) })
	return found[:min(len(found), 3)]
}

// orAsk asks whether one of the words was meant, "" if there are none.
func orAsk(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return " (did you mean " + strings.Join(words, " or ") + "?)"
}

// didYouMean asks whether one of all words was meant, "" if none is near.
func didYouMean(word string, all []string) string {
	return orAsk(near(word, all))
}
