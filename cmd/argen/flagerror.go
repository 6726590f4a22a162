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
		return usagef("unknown flag --%s%s; %s --help lists all", name, didYouMean(nearFlags(c, name)), c.CommandPath())
	case errors.As(err, &missing):
		return usagef("--%s needs a value; %s --help says which", missing.GetFlag().Name, c.CommandPath())
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

// nearFlags returns the flags that a mistyped one may stand for.
func nearFlags(c *cobra.Command, name string) []string {
	names := &cobra.Command{SuggestionsMinimumDistance: 2}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		names.AddCommand(&cobra.Command{Use: f.Name, Run: func(*cobra.Command, []string) {}})
	})
	near := names.SuggestionsFor(name)
	for i := range near {
		near[i] = "--" + near[i]
	}
	return near[:min(len(near), 3)]
}
