package mapped

import (
	"slices"
	"sync"
	"unsafe"
)

// files are the files that are mapped.
var files struct {
	sync.Mutex
	data [][]byte
}

// Forget says that part of a file is not needed soon: the process holds no memory
// for it until it is looked at again. Of bytes that are not a mapped file's it
// does nothing.
func Forget(part []byte) {
	files.Lock()
	defer files.Unlock() // the file is not unmapped before it is done
	for _, data := range files.data {
		start, from := address(data), address(part)
		if from >= start && from+uintptr(len(part)) <= start+uintptr(len(data)) {
			forget(part)
			return
		}
	}
}

func address(data []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(data))) }

// note notes that a file is mapped, and returns unmap with that undone before.
func note(data []byte, unmap func() error) func() error {
	files.Lock()
	defer files.Unlock()
	files.data = append(files.data, data)
	return func() error {
		files.Lock()
		files.data = slices.DeleteFunc(files.data, func(d []byte) bool { return address(d) == address(data) })
		files.Unlock()
		return unmap()
	}
}
