package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/spf13/pflag"

	"argen"
	"argen/internal/lesson"
	"argen/internal/report"
	"argen/internal/words"
)

// sheetFlags are those of worksheets.
type sheetFlags struct {
	on, key   bool
	exercises int
	count     int
	students  string
}

// mostStudents is how many sheets are made at once.
const mostStudents = 1000

func (f *sheetFlags) add(fs *pflag.FlagSet) {
	fs.BoolVar(&f.on, "worksheet", false, "make a worksheet; --lesson says of which lessons, --seed for which student")
	fs.IntVar(&f.exercises, "exercises", 0, "`N` exercises on a worksheet; 0 is one of each lesson that has any")
	fs.BoolVar(&f.key, "key", false, "with --worksheet: the answers, and how one gets to them")
	fs.IntVar(&f.count, "count", 0, "`N` worksheets of the seeds from --seed on; -o is a folder")
	fs.StringVar(&f.students, "students", "", "a worksheet for each name in `FILE`, one a line; -o is a folder")
}

// check finds what is wrong with the flags of worksheets.
func (f *sheetFlags) check(files, deck int) error {
	switch {
	case !f.on && (f.key || f.exercises != 0 || f.count != 0 || f.students != ""):
		return usagef("--key, --exercises, --count and --students are of worksheets: add --worksheet")
	case !f.on:
		return nil
	case files > 0 || deck > 0:
		return usagef("--worksheet makes exercises of the lessons that --lesson names: leave out the files and --deck")
	case f.exercises < 0 || f.exercises > lesson.MostExercises:
		return usagef("--exercises %d: a worksheet has 1 to %d", f.exercises, lesson.MostExercises)
	case f.count < 0 || f.count > mostStudents:
		return usagef("--count %d: from 1 to %d", f.count, mostStudents)
	case f.count > 0 && f.students != "":
		return usagef("--count and --students both say how many: give one")
	}
	return nil
}

// many reports whether the output is a folder.
func (f *sheetFlags) many() bool { return f.count > 0 || f.students != "" }

// A student is one who gets a sheet.
type student struct {
	name, file string
	seed       uint64
}

// makeSheets writes one worksheet, or one for each student.
func (a *app) makeSheets(ctx context.Context, f *reportFlags, catalogue *words.Catalogue, lessons []*lesson.Lesson) (err error) {
	list := []student{{seed: f.explain.seed, file: f.out}}
	if f.sheet.many() {
		if list, err = a.students(ctx, f); err != nil {
			return err
		}
		if err := vacantFor(f.out, list); err != nil {
			return err
		}
	}
	lab, closeLab, err := a.lab(ctx, &f.explain, catalogue)
	defer func() { err = errors.Join(err, closeLab()) }()
	if err != nil {
		return err
	}
	for _, s := range list {
		own := *lab
		own.Seed = s.seed
		w, err := lesson.NewWorksheet(ctx, &own, lessons, f.sheet.exercises)
		if err != nil {
			return err
		}
		page := report.Sheet{Title: f.title, Words: catalogue, Worksheet: w, Student: s.name, Key: f.sheet.key}
		if err := a.writePage(s.file, page.Write); err != nil {
			return err
		}
	}
	return nil
}

// students are those of --count or --students.
func (a *app) students(ctx context.Context, f *reportFlags) ([]student, error) {
	kind := "sheet"
	if f.sheet.key {
		kind = "key"
	}
	var list []student
	for i := range f.sheet.count {
		seed := f.explain.seed + uint64(i)
		list = append(list, student{seed: seed, file: filepath.Join(f.out, fmt.Sprintf("%s-%d.html", kind, seed))})
	}
	if f.sheet.students == "" {
		return list, nil
	}
	data, err := a.readFile(ctx, f.sheet.students, largestText)
	if err != nil {
		return nil, err
	}
	file, seen := argen.Visible(f.sheet.students), map[string]int{}
	if err := checkText(file, data); err != nil {
		return nil, err
	}
	for i, line := range strings.Split(strings.TrimPrefix(strings.ToValidUTF8(string(data), "\ufffd"), "\ufeff"), "\n") {
		name := strings.TrimSpace(line)
		if name == "" {
			continue
		}
		if first := seen[name]; first > 0 {
			return nil, fmt.Errorf("%s:%d: the name %q is in line %d already, and both would get the same sheet: tell them apart", file, i+1, name, first)
		}
		seen[name] = i + 1
		if len(seen) > mostStudents {
			return nil, fmt.Errorf("%s: more than %d names, one a line", file, mostStudents)
		}
		list = append(list, student{
			name: name, seed: seedOf(name, f.explain.seed),
			file: filepath.Join(f.out, fmt.Sprintf("%s-%02d-%s.html", kind, len(seen), slug(name))),
		})
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s has no names: write one a line", file)
	}
	return list, nil
}

// seedOf is the seed of a student's sheet: that of the class and the name. It has
// nine digits, so that it can be typed.
func seedOf(name string, class uint64) uint64 {
	h := fnv.New64a()
	h.Write([]byte(strconv.FormatUint(class, 10) + "\x00" + name))
	return h.Sum64() % 1_000_000_000
}

// slug is a name as a part of a file's name.
func slug(name string) string {
	parts := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if s := []rune(strings.Join(parts, "-")); len(s) > 40 {
		return string(s[:40])
	} else if len(s) > 0 {
		return string(s)
	}
	return "student"
}

// vacantFor makes the folder of the sheets, unless one of them is there already.
func vacantFor(folder string, list []student) error {
	info, err := os.Stat(folder)
	switch {
	case err == nil && !info.IsDir():
		return usagef("-o %s is a file: several worksheets need a folder", argen.Visible(folder))
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fileError(folder, err)
	}
	for _, s := range list {
		if err := unfilled(s.file); err != nil {
			return err
		}
	}
	return fileError(folder, os.MkdirAll(folder, 0o755))
}

// unfilled refuses a worksheet in the place of a file: it may be one that somebody
// has filled in.
func unfilled(path string) error {
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		return usagef("%s exists already and may be filled in: choose another name, or remove it", argen.Visible(path))
	}
	return nil
}
