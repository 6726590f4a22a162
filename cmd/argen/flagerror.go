package main

import (
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// unknownFlag is what pflag says of a flag that there is none of.
var unknownFlag = regexp.MustCompile(`^unknown flag: --(.*)$`)

// flagError makes one line of what pflag says about a wrong flag.
func flagError(c *cobra.Command, err error) error {
	msg := err.Error()
	if m := unknownFlag.FindStringSubmatch(msg); m != nil {
		return usagef("unknown flag --%s%s; argen help %s lists all", m[1], didYouMean(nearFlags(c, m[1])), c.Name())
	}
	// pflag names the function of strconv that failed; our own types do not.
	msg = strings.Replace(msg, "strconv.ParseInt: ", "", 1)
	msg = strings.Replace(msg, "strconv.ParseUint: ", "", 1)
	msg = strings.Replace(msg, "strconv.ParseFloat: ", "", 1)
	msg = strings.Replace(msg, "strconv.ParseBool: ", "", 1)
	return usagef("%s", msg)
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
