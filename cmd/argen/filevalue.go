package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"
)

// fileValue is a parameter of a stage whose flag names the file that holds it.
// It is read when it is needed, once.
type fileValue struct {
	name string
	text *string
}

// Set implements pflag.Value.
func (v *fileValue) Set(name string) error {
	switch name {
	case "":
		return errors.New("want the name of a file")
	case "-":
		return errors.New("standard input is for the prompt: want the name of a file")
	}
	*v = fileValue{name: name}
	return nil
}

// String implements pflag.Value.
func (v *fileValue) String() string { return v.name }

// Type implements pflag.Value.
func (v *fileValue) Type() string { return "FILE" }

// read reads the file. A mark of the byte order before the text, which some
// editors write, is no part of it.
func (v *fileValue) read() error {
	if v.text != nil {
		return nil
	}
	f, err := os.Open(v.name)
	if err != nil {
		return fileError(v.name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, largestText+1))
	if err == nil && len(data) > largestText {
		err = fmt.Errorf("longer than %s, the most that is read", sizeText(largestText))
	}
	if err == nil && len(strings.TrimSpace(string(data))) == 0 {
		err = errors.New("the file is empty")
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	v.text = &text
	return fileError(v.name, err)
}

// readFiles reads the files that flags of stages name.
func readFiles(fs *pflag.FlagSet) error {
	var err error
	fs.Visit(func(f *pflag.Flag) {
		if file, ok := f.Value.(*fileValue); ok && err == nil {
			err = file.read()
		}
	})
	return err
}
