// Argen shows how a language model writes, one token at a time: predict,
// choose, append, repeat.
//
//	argen step "One morning"
package main

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/charmbracelet/colorprofile"
)

func main() {
	// A reader that has seen enough is no error: write then returns EPIPE
	// instead of ending the process by a signal.
	signal.Ignore(syscall.SIGPIPE)
	a := newApp(os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	a.stdinTTY, a.stdoutTTY, a.stderrTTY = isTerminal(os.Stdin), isTerminal(os.Stdout), isTerminal(os.Stderr)
	a.signals = true
	os.Exit(a.run(os.Args[1:]))
}

// isTerminal reports whether a person sits at the other end. The environment
// is not asked, so the answer does not depend on colours.
func isTerminal(f *os.File) bool {
	return colorprofile.Detect(f, []string{"TERM=xterm", "NO_COLOR=1"}) != colorprofile.NoTTY
}
