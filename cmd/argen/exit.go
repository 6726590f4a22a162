package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"argen/internal/strict"
	"argen/model/paths"
	"argen/model/story"
	"argen/sampler/grammar"
)

// Exit codes. A process that Go ends by a panic has 2 as well; none of ours
// may.
const (
	exitFailed = 1
	exitUsage  = 2
	exitSignal = 128 // plus the signal: 130 for Ctrl-C, 143 for SIGTERM
)

// A usageError says that the command line is wrong.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usagef makes a usageError.
func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errFailed says that a command failed which has said why itself: exit code 1
// and no message.
var errFailed = errors.New("failed")

// A stopped is the cause of a context that a signal cancelled.
type stopped struct{ signal syscall.Signal }

func (s stopped) Error() string { return "interrupted" }

// grace is how long a command may take to close what it has open, unless it
// sets app.grace.
const grace = 400 * time.Millisecond

// interruptible returns a context that Ctrl-C, SIGTERM and a terminal that
// vanished cancel. What they cannot stop ends after a moment of grace; a second
// signal ends the process at once.
func (a *app) interruptible(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	if !a.signals {
		return ctx, func() { cancel(nil) }
	}
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		all = append(all, syscall.SIGHUP)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, all...)
	done := make(chan struct{})
	go func() {
		select {
		case s := <-signals:
			signal.Reset(all...)
			sig, _ := s.(syscall.Signal)
			cancel(stopped{sig})
			select {
			case <-time.After(max(grace, time.Duration(a.grace.Load()))):
				os.Exit(a.exit(ctx, ctx.Err()))
			case <-done:
			}
		case <-done:
		}
	}()
	return ctx, func() {
		close(done)
		cancel(nil)
	}
}

// exit prints an error and returns the exit code that goes with it.
func (a *app) exit(ctx context.Context, err error) int {
	var usage usageError
	var sig stopped
	switch {
	case err == nil:
		return 0
	case errors.As(context.Cause(ctx), &sig):
		if !a.quiet {
			a.json = false // it says nothing that a program does not know from the code
			a.complain(errors.New("interrupted"))
		}
		return exitSignal + int(sig.signal)
	case isClosedPipe(a.stdout.Err()):
		return 0 // the reader has seen enough
	case errors.Is(err, context.Canceled): // by a key of the terminal view
		return exitSignal + int(syscall.SIGINT)
	case errors.Is(err, errFailed):
		return exitFailed
	case errors.As(err, &usage):
		a.json = false // whoever types a command reads this
		a.complain(err)
		return exitUsage
	}
	if a.stdout.Err() != nil && errors.Is(err, a.stdout.Err()) {
		err = fmt.Errorf("cannot write the output: %w", paths.Reason(err))
	}
	a.complain(err)
	return exitFailed
}

// longest is how long a message may be.
const longest = 2000

// complain prints one line that says what is wrong, with --json as JSON. Below
// it stands the line of a grammar that is wrong, with a mark.
func (a *app) complain(err error) {
	var lines []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	msg := strings.Join(lines, "; ")
	if len(msg) > longest {
		msg = strings.ToValidUTF8(msg[:longest], "") + "…"
	}
	if !a.json {
		fmt.Fprintln(a.stderr, "argen: "+msg)
		var syntax *grammar.SyntaxError
		if errors.As(err, &syntax) {
			for line := range strings.Lines(syntax.Caret()) {
				fmt.Fprintln(a.stderr, "  "+strings.TrimRight(line, "\n"))
			}
		}
		return
	}
	if line, err := jsonLine(whereOf(err, msg)); err == nil {
		a.stderr.Write(line)
	}
}

// A complaint is an error as JSON has it: what, and where in which file.
type complaint struct {
	Error  string `json:"error"`
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Offset *int64 `json:"offset,omitempty"`
	Field  string `json:"field,omitempty"`
}

// whereOf finds the place in an error.
func whereOf(err error, msg string) complaint {
	c := complaint{Error: msg}
	var in *strict.Error
	var story *story.SyntaxError
	var syntax *grammar.SyntaxError
	var path *fs.PathError
	switch {
	case errors.As(err, &in):
		c.File, c.Line, c.Column, c.Field = in.File, in.Line, in.Column, in.Field
		if in.Offset >= 0 {
			c.Offset = &in.Offset
		}
	case errors.As(err, &story):
		c.File, c.Line, c.Column = story.File, story.Line, story.Column
	case errors.As(err, &syntax):
		c.Line, c.Column = syntax.Line, syntax.Column
	case errors.As(err, &path):
		c.File = path.Path
	}
	return c
}

// hint prints a line for whoever runs the command, unless --quiet.
func (a *app) hint(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintf(a.stderr, "argen: "+format+"\n", args...)
	}
}

// isClosedPipe reports whether nobody reads what is written any more.
func isClosedPipe(err error) bool {
	const brokenPipe, noData = syscall.Errno(109), syscall.Errno(232) // of Windows
	return errors.Is(err, syscall.EPIPE) ||
		runtime.GOOS == "windows" && (errors.Is(err, brokenPipe) || errors.Is(err, noData))
}

// noCommand is the root's rule for arguments: there are none, so what is there
// was meant to be a command.
func noCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usagef("unknown command %q%s; argen help lists all", args[0], didYouMean(args[0], names(c.Commands())))
}
