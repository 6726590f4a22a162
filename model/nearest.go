package model

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"argen"
	"argen/internal/edits"
	"argen/model/paths"
)

func schemeNames() string {
	var names []string
	for _, s := range Schemes {
		names = append(names, s.Name)
	}
	return strings.Join(names, ", ")
}

// unknown is the error for a name that is neither a scheme nor a file.
func unknown(ref string) error {
	ask := ""
	if name := nearest(ref); name != "" {
		ask = " (did you mean " + argen.Visible(name) + "?)"
	}
	return fmt.Errorf("no model or file %s%s: there are %s, or give the path of a file (%s)", paths.Quote(ref), ask, schemeNames(), endings())
}

// nearest returns the scheme, or else the file beside the one named, whose name
// is nearest to ref; "" if none is near.
func nearest(ref string) string {
	name, arg, _ := strings.Cut(ref, ":")
	best, least := "", len(name)/3+1
	for _, s := range Schemes {
		if d := edits.Distance(strings.ToLower(name), s.Name); d < least {
			best, least = s.Name, d
			if arg != "" && s.Arg != "" {
				best += ":" + arg
			}
		}
	}
	if best != "" {
		return best
	}
	dir, base := filepath.Split(ref)
	entries, _ := os.ReadDir(filepath.Clean(dir)) // without them there is nothing to suggest
	least = len(base)/3 + 1
	for _, e := range entries {
		if d := edits.Distance(base, e.Name()); d < least {
			best, least = dir+e.Name(), d
		}
	}
	return best
}
