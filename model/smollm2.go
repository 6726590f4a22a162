package model

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"argen"
	"argen/internal/smollm"
)

// openSmolLM2 opens the real model that make real-model fetches.
func openSmolLM2(ctx context.Context, _ string, o Options) (*LM, error) {
	path, err := smolLM2File()
	if err != nil {
		return nil, fmt.Errorf("model smollm2: %w", err)
	}
	return openFile(ctx, path, o)
}

// smolLM2File returns where the file of that model lies.
func smolLM2File() (string, error) {
	path, err := smollm.Path()
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s is not there: make real-model, in argen's source folder, fetches it (%d MB)", argen.Visible(path), smollm.Size/1_000_000)
	}
	return path, nil
}
