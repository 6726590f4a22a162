package safetensors

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A folder opens files by their names, from within itself only, wherever links
// lead. The folder of a model that was fetched from a hub holds links to the
// blobs beside it, so there they may lead to anywhere in the same cache:
//
//	CACHE/models--OWNER--NAME/snapshots/COMMIT/FILE → ../../blobs/HASH
type folder struct {
	root  *os.Root
	below string // where the folder is in root
}

func openFolder(dir string) (*folder, error) {
	below := "."
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		snapshots := filepath.Dir(real)
		repo := filepath.Dir(snapshots)
		if filepath.Base(snapshots) == "snapshots" && strings.HasPrefix(filepath.Base(repo), "models--") {
			dir = filepath.Dir(repo)
			below = filepath.Join(filepath.Base(repo), "snapshots", filepath.Base(real))
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &folder{root, below}, nil
}

// Open opens a file of the folder.
func (f *folder) Open(name string) (*os.File, error) {
	return f.root.Open(filepath.Join(f.below, name))
}

// Stat describes what a name leads to.
func (f *folder) Stat(name string) (fs.FileInfo, error) {
	return f.root.Stat(filepath.Join(f.below, name))
}

// Close ends the use of the folder.
func (f *folder) Close() error { return f.root.Close() }
