package term

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"argen"
)

// mostTurns is how many lines of a conversation are shown, its last.
const mostTurns = 40

// conversation shows the prompt of a conversation as it is to the model: a text
// in which control tokens stand by name.
func (p *Plain) conversation(h *argen.Header) {
	var control []string
	for _, name := range h.ControlNames() {
		control = append(control, p.quote(name, 30))
	}
	with := ""
	if len(control) > 0 {
		with = fmt.Sprintf(", %d of them control tokens (%s)", len(h.PromptControl), strings.Join(control, ", "))
	}
	p.paragraph("", fmt.Sprintf("Prompt: a conversation as the model's chat template writes it, %s%s:", count(len(h.PromptIDs), "token"), with))
	lines := strings.Split(strings.TrimSuffix(h.PromptText, "\n"), "\n")
	if n := len(lines) - mostTurns; n > 0 {
		p.paragraph("  ", p.sign("…", "...")+" "+count(n, "line")+" before")
		lines = lines[n:]
	}
	for _, line := range lines {
		for row := range strings.SplitSeq(ansi.Hardwrap(argen.Visible(line), columns-2, true), "\n") {
			p.b.WriteString("  " + row + "\n")
		}
	}
}
