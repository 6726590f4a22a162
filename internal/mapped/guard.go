package mapped

import (
	"errors"
	"runtime"
	"runtime/debug"
)

// ErrGone is the error of [Guard].
var ErrGone = errors.New("the file was cut short while it was in use, or its disk cannot be read: fetch it again and leave it alone while argen runs")

// Guard runs f and returns [ErrGone] if f reads mapped bytes that are not there
// any more, which else ends the process. Systems give no other sign: a file can
// be cut short by anybody at any time. It holds for the goroutine it is called
// on; what f leaves half done is not undone. A panic with ErrGone is the same, so
// that one goroutine can pass on what it got from another.
func Guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch r := recover().(type) {
		case nil:
		case interface {
			runtime.Error
			Addr() uintptr
		}: // a fault at an address, not that of a nil pointer
			err = ErrGone
		case error: // of another goroutine, passed on
			if r != ErrGone {
				panic(r)
			}
			err = ErrGone
		default:
			panic(r)
		}
	}()
	return f()
}
