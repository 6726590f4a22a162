// Package sysmem says how much memory a process can still take.
package sysmem

// Available returns how many bytes of memory this process can take before the
// system has to write others' to disk, or a limit of its group ends it. It is
// false where the system does not say.
func Available() (bytes int64, known bool) { return available() }
