package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"argen"
	"argen/internal/tensor"
)

// A versionReport says what was built, from what, for what.
type versionReport struct {
	Version  string `json:"version"`
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
	Kernel   string `json:"kernel"` // what the sums are computed with
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"` // files differed from the commit
	Time     string `json:"time,omitempty"`     // of the commit
}

func newVersionReport() versionReport {
	v := versionReport{Version: argen.Version, Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, Kernel: tensor.Kernel()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				v.Commit = s.Value
			case "vcs.modified":
				v.Modified = s.Value == "true"
			case "vcs.time":
				v.Time = s.Value
			}
		}
	}
	return v
}

func versionCommand(a *app) *cobra.Command {
	asJSON := false
	c := &cobra.Command{
		Use:     "version",
		Short:   "Show the version and what it was built with",
		Example: `  argen version --json`,
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			v := newVersionReport()
			if asJSON {
				return a.printJSON(v)
			}
			commit := ""
			if v.Commit != "" {
				commit = fmt.Sprintf(", commit %.12s", v.Commit)
				if v.Modified {
					commit += " with changes"
				}
			}
			_, err := fmt.Fprintf(a.stdout, "argen %s (%s, %s/%s%s)\n", v.Version, v.Go, v.OS, v.Arch, commit)
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return c
}

// noArgs is the rule for the arguments of a command that takes none.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no arguments, found %q", c.Name(), args[0])
	}
	return nil
}
