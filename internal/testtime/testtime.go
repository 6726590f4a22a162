// Package testtime says in tests what code costs. A bound on the time that passes
// fails where other work takes the processor away; one on the processor's time
// does not.
package testtime

import (
	"runtime"
	"time"
)

// Of runs f and returns how long a processor was at it: the time of the thread
// that f runs on, without other goroutines, where the system tells that, and
// otherwise the time that passed.
func Of(f func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	begin := now()
	f()
	return now() - begin
}
