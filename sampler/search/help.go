package search

import "strings"

// Help is the text of "argen help search": what a search is, and then each with
// its rule and its parameters. It is made from Table, at most 80 columns wide.
func Help() string {
	var b strings.Builder
	b.WriteString(about)
	for _, f := range Table {
		b.WriteString("\n" + f.Help())
	}
	return b.String()
}

const about = `A search picks the tokens where the dice do not: it looks at whole texts, or at
more than the probabilities, and its choice is appended token by token. --search
gives one with its parameters, or the flags below do:

  --search "beams=4/length_penalty:0.8"

Several values are separated by /, in the order below or by name; those left out
take their defaults. The stages of the chain act on the distribution of each
text that a search looks at, before its own rule: beam search adds up the ln P
that they leave, as transformers does. step shows at each token what was
compared, a trace keeps it as "choice", and generate --json lists the texts that
were found as "beams".
`
