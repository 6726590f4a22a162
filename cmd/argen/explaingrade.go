package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"argen"
	"argen/internal/lesson"
	"argen/internal/safefile"
	"argen/internal/words"
)

// largestSheet is how long a filled-in worksheet may be, in bytes.
const largestSheet = 4 << 20

// A grading is a command line of explain grade.
type grading struct {
	a             *app
	language, csv string
	json          bool
	kept          *models
	words         *words.Catalogue // of --lang, nil for that of each sheet
}

func explainGradeCommand(a *app) *cobra.Command {
	g := &grading{a: a}
	c := &cobra.Command{
		Use:   "grade FILE...",
		Short: "Grade worksheets that were filled in",
		Long: `Grade worksheets: the text that argen explain worksheet wrote, filled in, or the
JSON that the page of argen report --worksheet saves; - is stdin, a folder is
all *.txt and *.json in it. The answers are computed again from the seed in
each. What cannot be read is said with its line. Several are a table, a line a
student, with what is unclear about any of them.`,
		Example: `  argen explain worksheet --seed 7 -o sheet.txt
  argen explain grade sheet.txt
  argen explain worksheet counting --seed 8 -o other.txt
  argen explain grade sheet.txt other.txt --csv class.csv`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("explain grade: which worksheet? name files, or a folder of them")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return g.run(c.Context(), args) },
	}
	fs := c.Flags()
	fs.StringVar(&g.language, "lang", "", "`LANGUAGE` of the result (default that of the worksheet)")
	fs.BoolVar(&g.json, "json", false, "print the result as JSON")
	fs.StringVar(&g.csv, "csv", "", "write a row a worksheet to `FILE` as CSV")
	a.engineFlags(fs)
	completeWords(c, "lang", words.Languages)
	return c
}

func (g *grading) run(ctx context.Context, args []string) (err error) {
	if g.language != "" {
		if g.words, err = words.In(g.language); err != nil {
			return usagef("--lang: %v", err)
		}
	}
	if g.csv != "" {
		if err := writable(g.csv, nil); err != nil {
			return err
		}
	}
	files, err := sheetFiles(args)
	if err != nil {
		return err
	}
	for _, file := range files {
		if g.csv != "" && sameFile(g.csv, file) {
			return usagef("--csv %s would replace a worksheet that is graded: choose another name", argen.Visible(g.csv))
		}
	}
	g.kept = g.a.models()
	defer g.kept.close()
	if len(args) == 1 && len(files) == 1 && files[0] == args[0] && g.csv == "" {
		grade, catalogue, err := g.sheet(ctx, files[0])
		switch {
		case err != nil:
			return err
		case g.json:
			return g.a.printJSON(grade)
		}
		return grade.WriteText(g.a.stdout, catalogue, g.width())
	}
	return g.class(ctx, files)
}

// class grades several worksheets.
func (g *grading) class(ctx context.Context, files []string) error {
	var sheets []*lesson.Grade
	var refused []lesson.Refused
	catalogue := g.words
	for _, file := range files {
		grade, spoken, err := g.sheet(ctx, file)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			refused = append(refused, lesson.Refused{File: argen.Visible(file), Error: err.Error()})
			continue
		}
		if catalogue == nil {
			catalogue = spoken
		}
		sheets = append(sheets, grade)
	}
	if catalogue == nil {
		var err error
		if catalogue, err = words.In(words.Languages[0]); err != nil {
			return err
		}
	}
	all := lesson.NewGrades(sheets, refused, catalogue)
	if g.csv != "" {
		if err := safefile.Write(g.csv, all.WriteCSV); err != nil {
			return err
		}
	}
	var err error
	if g.json {
		err = g.a.printJSON(all)
	} else {
		err = all.WriteText(g.a.stdout, catalogue, g.width())
	}
	if err == nil && len(refused) > 0 {
		g.a.hint("%d of %d worksheets could not be graded", len(refused), len(files))
		return errFailed
	}
	return err
}

func (g *grading) width() int {
	const widest = 100 // as lessons are
	return min(g.a.width(), widest)
}

// sheet grades one worksheet, and says in which language it is spoken of.
func (g *grading) sheet(ctx context.Context, path string) (*lesson.Grade, *words.Catalogue, error) {
	data, err := g.a.readFile(ctx, path, largestSheet)
	if err != nil {
		return nil, nil, err
	}
	name := argen.Visible(path)
	if path == "-" {
		name = "standard input"
	}
	sheet, err := lesson.ReadSheet(name, data)
	if err != nil {
		return nil, nil, err
	}
	catalogue := g.words
	if catalogue == nil {
		if catalogue, err = words.In(sheet.Language); err != nil {
			return nil, nil, fmt.Errorf("%s: language %q: give --lang", name, argen.Visible(sheet.Language))
		}
	}
	lab, err := g.kept.lab(ctx, &explainFlags{model: sheet.Model, seed: sheet.Seed}, catalogue)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	grade, err := sheet.Mark(ctx, lab)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	grade.File = name
	return grade, catalogue, nil
}

// sheetFiles are the files of a command line, a folder being all worksheets in it.
func sheetFiles(args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		if info, err := os.Stat(arg); err != nil || !info.IsDir() || arg == "-" {
			files = append(files, arg) // which says itself what is wrong with it
			continue
		}
		entries, err := os.ReadDir(arg)
		if err != nil {
			return nil, fileError(arg, err)
		}
		before := len(files)
		for _, e := range entries {
			if ending := strings.ToLower(filepath.Ext(e.Name())); e.Type()&fs.ModeDir == 0 && (ending == ".txt" || ending == ".json") {
				files = append(files, filepath.Join(arg, e.Name()))
			}
		}
		if len(files) == before {
			return nil, fmt.Errorf("%s has no worksheets: no *.txt and no *.json is in it", argen.Visible(arg))
		}
	}
	if len(files) > 1 && slices.Contains(files, "-") {
		return nil, usagef("explain grade: - is one worksheet from stdin: leave out the files beside it")
	}
	if len(files) > mostStudents {
		return nil, usagef("explain grade: %d worksheets are more than the %d that are graded at once", len(files), mostStudents)
	}
	return files, nil
}
