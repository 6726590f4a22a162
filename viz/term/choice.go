package term

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"argen"
)

// choice says how a search picked the token: a line, and those of a table under
// it as they are, so that their columns stay.
func (p *Plain) choice(s *argen.Step) {
	first, table, _ := strings.Cut(s.Choice.String(), "\n")
	p.paragraph("  ", "Choose: "+p.quote(s.Token, 30)+". "+argen.Printable(first))
	if table == "" {
		return
	}
	for line := range strings.SplitSeq(table, "\n") {
		line = argen.Printable(line)
		if ansi.StringWidth(line) > columns-4 {
			p.paragraph("    ", line)
			continue
		}
		p.b.WriteString("    " + line + "\n")
	}
}
