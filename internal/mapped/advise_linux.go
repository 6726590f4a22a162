package mapped

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// hugePages asks for huge pages. It is advice: what comes of it changes only how
// fast the memory is.
func hugePages(data []byte) { _ = unix.Madvise(data, unix.MADV_HUGEPAGE) }

// forget gives back the whole pages within data.
func forget(data []byte) {
	page := uintptr(os.Getpagesize())
	start := uintptr(unsafe.Pointer(unsafe.SliceData(data)))
	from := -start & (page - 1)
	to := (start+uintptr(len(data)))&^(page-1) - start
	if from < to && to <= uintptr(len(data)) {
		_ = unix.Madvise(data[from:to], unix.MADV_DONTNEED)
	}
}
