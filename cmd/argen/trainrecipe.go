package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"argen"
	"argen/model/safetensors"
	"argen/model/transformer"
)

// The names in a folder that is trained in.
const (
	checkpointFolder = "checkpoints"
	recipeFile       = "training.json"
	recipeVersion    = 1
)

// A recipe is all that decides what a training becomes. It lies beside the
// checkpoints, so that --resume needs nothing but the folder.
type recipe struct {
	Version int               `json:"version"`
	Argen   string            `json:"argen"` // of the program that began
	Flags   map[string]string `json:"flags"` // by name, what they were set to
	Files   []textFile        `json:"files,omitempty"`

	From       string `json:"from,omitempty"` // the model that a training by verdicts began with
	FromSHA256 string `json:"from_sha256,omitempty"`

	out string
}

// A textFile is a file that is trained on.
type textFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256,omitempty"` // once it was read
}

// outward are flags that change nothing of what is trained.
var outward = []string{"output", "resume", "log", "plain", "json", "every", "prompt", "sample-every", "help", "quiet", "raw"}

// unsaved are those that hold for one command only.
var unsaved = []string{"output", "resume", "log", "plain", "json", "help", "quiet", "raw"}

// folder is where the checkpoints are.
func (r *recipe) folder() string { return filepath.Join(r.out, checkpointFolder) }

func (r *recipe) path() string { return filepath.Join(r.folder(), recipeFile) }

// recipe returns that of a new training, or of the one to go on with, to which
// it sets the flags that are not given.
func (a *app) recipe(t *transformerTraining, files []string) (*recipe, error) {
	begins, err := t.verdict.begins(t.resume, t.out)
	if err != nil {
		return nil, err
	}
	if err := t.verdict.check(t.flags, files, t.resume != "" && !begins); err != nil {
		return nil, err
	}
	switch {
	case begins:
		return t.recipeByVerdict()
	case t.resume != "":
		return t.again(files)
	}
	if len(files) == 0 && !t.stories.given {
		return nil, usagef("nothing to train on: name text files, - for stdin, or give --stories")
	}
	if t.minutes > 0 && t.options.Steps > 0 {
		return nil, usagef("--steps %d and --minutes %v: give one of them", t.options.Steps, t.minutes)
	}
	r := &recipe{Version: recipeVersion, Argen: argen.Version, out: t.out}
	for _, name := range files {
		r.Files = append(r.Files, textFile{Name: name})
	}
	if r.out == "" {
		r.out = "stories"
		if len(files) > 0 {
			base := filepath.Base(files[0])
			r.out = strings.TrimSuffix(base, filepath.Ext(base)) + "-model"
			if files[0] == "-" {
				r.out = "stdin-model"
			}
		}
	}
	t.seed.pick()
	t.usual(len(files) > 0)
	return r, nil
}

// vacant refuses a folder that holds something already.
func (r *recipe) vacant() error {
	info, err := os.Stat(r.out)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fileError(r.out, err)
	case !info.IsDir():
		return usagef("-o %s is a file: name a folder", argen.Visible(r.out))
	}
	if holdsTraining(r.out) {
		return usagef("%s holds a training already: --resume %s goes on with it, -o names another folder", argen.Visible(r.out), argen.Visible(r.out))
	}
	return vacant(r.out, "-o names another folder", transformer.ConfigFile, safetensors.WeightsFile, checkpointFolder)
}

// holdsTraining reports whether a training is or was going on in a folder.
func holdsTraining(folder string) bool {
	r := recipe{out: folder}
	_, err := os.Stat(r.path())
	return err == nil
}

// again reads the recipe of a training and sets the flags to what they were.
// One that was given must be the same if it decides anything.
func (t *transformerTraining) again(files []string) (*recipe, error) {
	r := &recipe{out: t.resume}
	if t.out != "" && filepath.Clean(t.out) != filepath.Clean(t.resume) {
		return nil, usagef("--resume %s goes on in that folder: leave out -o %s", argen.Visible(t.resume), argen.Visible(t.out))
	}
	data, err := os.ReadFile(r.path())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s has no training to go on with (there is no %s): train without --resume first", argen.Visible(t.resume), argen.Visible(r.path()))
	case err != nil:
		return nil, fileError(r.path(), err)
	}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("%s is damaged (%w): without it the training cannot go on", argen.Visible(r.path()), err)
	}
	if r.Version != recipeVersion {
		return nil, fmt.Errorf("%s: version %d, this program reads version %d: go on with argen %s", argen.Visible(r.path()), r.Version, recipeVersion, argen.Visible(r.Argen))
	}
	t.flags.VisitAll(func(f *pflag.Flag) {
		was, kept := r.Flags[f.Name]
		switch {
		case err != nil || !kept:
		case !f.Changed:
			if was != f.Value.String() {
				err = fileError(r.path(), f.Value.Set(was))
			}
		case f.Value.String() != was && !slices.Contains(outward, f.Name):
			if was == "" || was == "0" {
				was = "the usual"
			}
			why := ""
			if f.Name == "steps" {
				why = ", which its rate falls by"
			}
			err = usagef("--%s %s: the training in %s has %s%s: leave the flag out to go on with it", f.Name, f.Value, argen.Visible(t.resume), argen.Visible(was), why)
		}
	})
	if err != nil {
		return nil, err
	}
	if t.stories.given && len(r.Files) > 0 {
		return nil, usagef("--stories: the training in %s is on files", argen.Visible(t.resume))
	}
	return r, r.sameText(files)
}

// sameText refuses files that are not those of the training.
func (r *recipe) sameText(files []string) error {
	if len(files) == 0 {
		return nil
	}
	if len(files) != len(r.Files) {
		return usagef("the training in %s is on %s, not on %d: leave them out to go on with it", argen.Visible(r.out), count(len(r.Files), "file"), len(files))
	}
	for i, name := range files {
		was := r.Files[i]
		if was.SHA256 == "" {
			continue
		}
		_, sum, err := fileSum(name)
		if err != nil {
			return err
		}
		if sum != was.SHA256 {
			return usagef("%s is not the text of the training in %s (%s as it was then): leave it out to go on with that", argen.Visible(name), argen.Visible(r.out), argen.Visible(was.Name))
		}
	}
	return nil
}

// save writes the recipe with the flags as they are.
func (r *recipe) save(flags *pflag.FlagSet) error {
	r.Flags = map[string]string{}
	flags.VisitAll(func(f *pflag.Flag) {
		if text := f.Value.String(); !slices.Contains(unsaved, f.Name) && (text != f.DefValue || f.DefValue != "") {
			r.Flags[f.Name] = text
		}
	})
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return writeBytes(r.path(), append(data, '\n'))
}

// emptyText says that there is nothing in the files.
func (r *recipe) emptyText() error {
	switch names := r.names(); {
	case len(names) > 1:
		return fmt.Errorf("the %d files are empty: name a text to train on", len(names))
	case names[0] == "-":
		return errors.New("stdin is empty: give it a text to train on")
	default:
		return fmt.Errorf("%s is empty: name a text to train on", argen.Visible(names[0]))
	}
}

// names are the files.
func (r *recipe) names() []string {
	var names []string
	for _, f := range r.Files {
		names = append(names, f.Name)
	}
	return names
}
