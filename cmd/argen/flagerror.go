package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagError makes one line of what pflag says about a wrong flag.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			return usagef("unknown flag -%s; %s --help lists all", name, c.CommandPath())
		}
		meant := near(name, flagNames(c))
		for i := range meant {
			meant[i] = "--" + meant[i]
		}
		return usagef("unknown flag --%s%s; %s --help lists all", name, orAsk(meant), c.CommandPath())
	case errors.As(err, &missing):
		return usagef("--%s needs a value; %s --help says which", missing.GetFlag().Name, c.CommandPath())
	case errors.As(err, &invalid) && invalid.GetFlag().Value.Type() == "bool":
		return usagef("--%s takes no value, found %q", invalid.GetFlag().Name, invalid.GetValue())
	case errors.As(err, &invalid):
		return usagef("--%s: %w", invalid.GetFlag().Name, plainNumber(invalid.GetFlag().Value.Type(), invalid.GetValue(), errors.Unwrap(invalid)))
	}
	return usageError{err}
}

// plainNumber says in plain words why a value of one of pflag's types of numbers could
// not be read; other errors stay.
func plainNumber(kind, value string, err error) error {
	var num *strconv.NumError
	want := map[string]string{"int": "it must be a whole number", "float64": "it must be a number"}[kind]
	switch {
	case kind == "duration" && err != nil && strings.HasPrefix(err.Error(), "time: "):
		return fmt.Errorf("%q is no time, write 500ms, 2s or 1m30s", value)
	case !errors.As(err, &num) || want == "":
		return err
	case errors.Is(err, strconv.ErrRange):
		return fmt.Errorf("%q is no number that can stand here, it is too large", value)
	}
	return fmt.Errorf("%q is no number that can stand here, %s", value, want)
}

// flagNames are the names of a command's flags.
func flagNames(c *cobra.Command) []string {
	var all []string
	c.Flags().VisitAll(func(f *pflag.Flag) { all = append(all, f.Name) })
	return all
}
