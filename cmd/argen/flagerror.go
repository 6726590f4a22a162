package main

import (
	"errors"
	"fmt"
	"strconv"

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
		return usagef("--%s: %w", invalid.GetFlag().Name, plainNumber(invalid.GetValue(), errors.Unwrap(invalid)))
	}
	return usageError{err}
}

// plainNumber is err without the name of the function that could not read a
// number.
func plainNumber(value string, err error) error {
	var num *strconv.NumError
	if errors.As(err, &num) {
		return fmt.Errorf("%q is no number that can stand here: %w", value, num.Err)
	}
	return err
}

// flagNames are the names of a command's flags.
func flagNames(c *cobra.Command) []string {
	var all []string
	c.Flags().VisitAll(func(f *pflag.Flag) { all = append(all, f.Name) })
	return all
}
