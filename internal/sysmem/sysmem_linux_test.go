package sysmem

import (
	"testing"
	"testing/fstest"
)

// The least of what the machine and all groups have left counts.
func TestFrom(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	for _, c := range []struct {
		name  string
		files fstest.MapFS
		want  int64
		known bool
	}{
		{"nothing", fstest.MapFS{}, 0, false},
		{"the machine", fstest.MapFS{"proc/meminfo": file("MemTotal: 900 kB\nMemAvailable:   500 kB\n")}, 500 << 10, true},
		{"a group without a limit", fstest.MapFS{
			"proc/meminfo": file("MemAvailable: 500 kB\n"), "proc/self/cgroup": file("0::/a\n"),
			"sys/fs/cgroup/a/memory.max": file("max\n"), "sys/fs/cgroup/a/memory.current": file("7\n"),
		}, 500 << 10, true},
		{"a group within one with a limit", fstest.MapFS{
			"proc/meminfo": file("MemAvailable: 500 kB\n"), "proc/self/cgroup": file("0::/a/b\n"),
			"sys/fs/cgroup/a/memory.max": file("9000\n"), "sys/fs/cgroup/a/memory.current": file("5000\n"),
			"sys/fs/cgroup/a/memory.stat":  file("anon 1\ninactive_file 1000\n"),
			"sys/fs/cgroup/a/b/memory.max": file("max\n"), "sys/fs/cgroup/a/b/memory.current": file("5000\n"),
		}, 5000, true},
		{"a container, the first version", fstest.MapFS{
			"proc/self/cgroup":                           file("3:cpu:/x\n2:memory:/docker/1\n"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes": file("8000\n"), "sys/fs/cgroup/memory/memory.usage_in_bytes": file("9000\n"),
		}, 0, true},
	} {
		if n, known := from(c.files); n != c.want || known != c.known {
			t.Errorf("%s: %d, %v; want %d, %v", c.name, n, known, c.want, c.known)
		}
	}
	if n, known := Available(); !known || n < 1<<20 {
		t.Errorf("this machine has %d bytes, known is %v", n, known)
	}
}
