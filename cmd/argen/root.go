package main

import (
	"bufio"
	"context"
	"io"
	"slices"
	"sync/atomic"

	"github.com/spf13/cobra"

	"argen"
	"argen/internal/mapped"
	"argen/internal/safe"
	"argen/model"
)

// An entry makes its command when it is run, or named in a help.
type entry struct {
	name string
	make func(*app) *cobra.Command
}

// commands lists all commands in the order of help. A command is a function
// in a file of its name.
var commands = []entry{
	{"step", stepCommand},
	{"generate", generateCommand},
	{"tree", treeCommand},
	{"score", scoreCommand},
	{"sample", sampleCommand},
	{"verify", verifyCommand},
	{"tokenize", tokenizeCommand},
	{"train", trainCommand},
	{"compare", compareCommand},
	{"plot", plotCommand},
	{"explain", explainCommand},
	{"report", reportCommand},
	{"bench", benchCommand},
	{"info", infoCommand},
	{"convert", convertCommand},
	{"pull", pullCommand},
	{"models", modelsCommand},
	{"version", versionCommand},
}

// An app is the program with all that it touches: tests hand in their own.
type app struct {
	stdin          io.Reader
	stdout, stderr *safe.Writer        // results, and all else
	screen         io.Writer           // what stdout writes to, for the terminal view alone, which escapes by itself
	env            func(string) string // os.Getenv

	stdinTTY, stdoutTTY, stderrTTY bool         // a terminal is at the other end
	signals                        bool         // Ctrl-C and SIGTERM are ours to handle
	grace                          atomic.Int64 // nanoseconds after a signal that a command needs, if more than usual

	raw, quiet bool // flags of every command
	engine     model.Options
	json       bool // the command's --json: errors are JSON too

	lines *bufio.Reader // of stdin, where it answers questions
}

func newApp(stdin io.Reader, stdout, stderr io.Writer, env func(string) string) *app {
	return &app{
		stdin: stdin, screen: stdout, env: env,
		stdout: &safe.Writer{W: stdout, Escape: argen.Printable},
		stderr: &safe.Writer{W: stderr, Escape: argen.Printable},
	}
}

// run runs one command line and returns the exit code.
func (a *app) run(args []string) int {
	ctx, stop := a.interruptible(context.Background())
	defer stop()
	root := a.root(commandOf(args))
	root.SetArgs(args)
	var c *cobra.Command
	err := mapped.Guard(func() (err error) { // of a file, say, whose tokens are still to be read from it
		c, err = root.ExecuteContextC(ctx)
		return err
	})
	if c == nil {
		c = root // the command was left
	}
	if f := c.Flags().Lookup("json"); f != nil {
		a.json = f.Value.String() == "true"
	}
	if flush := a.stdout.Flush(); err == nil {
		err = flush
	}
	return a.exit(ctx, err)
}

// byTopic lists the flags of c and all commands below it in the order in which
// they were added.
func byTopic(c *cobra.Command) {
	c.Flags().SortFlags = false
	for _, below := range c.Commands() {
		byTopic(below)
	}
}

// commandOf returns the name of the command that a command line begins with, ""
// if there is none.
func commandOf(args []string) string {
	if len(args) > 0 && slices.ContainsFunc(commands, func(c entry) bool { return c.name == args[0] }) {
		return args[0]
	}
	return ""
}

// root makes the tree of commands, or with a name the part of it that runs that
// command: all of them with their flags are a fifth of a start.
func (a *app) root(only string) *cobra.Command {
	root := &cobra.Command{
		Use:   "argen",
		Short: "Watch a language model write, one token at a time",
		Long: `Watch a language model write, one token at a time: predict, choose, append,
repeat. Every probability on the way is shown and can be logged.`,
		Example: `  argen step "One morning"
  argen generate --seed 1 --log story.jsonl "One morning"
  argen score -m truth -m story-ngram "Yuki and Kofi were walking to the beach."`,
		Args:              noCommand,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		Version:           argen.Version,
	}
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetIn(a.stdin)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(helpCommand())
	root.SetUsageTemplate(usageTemplate(root.UsageTemplate()))
	root.SetVersionTemplate("argen {{.Version}}\n")
	root.PersistentFlags().BoolVar(&a.raw, "raw", false, "print text as it is, also what a terminal acts on")
	root.PersistentFlags().BoolVarP(&a.quiet, "quiet", "q", false, "no hints and no progress")
	root.PersistentPreRun = func(*cobra.Command, []string) {
		if a.raw {
			a.stdout.Escape = nil
		}
	}
	for _, c := range commands {
		if only == "" || only == c.name {
			root.AddCommand(c.make(a))
		}
	}
	if only == "" {
		root.AddCommand(topicCommands(a)...)
	}
	root.CompletionOptions.DisableDefaultCmd = only != ""
	completeFlags(root)
	byTopic(root)
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Args = needKind
			c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
		}
	}
	return root
}
