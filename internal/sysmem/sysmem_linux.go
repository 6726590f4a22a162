package sysmem

import (
	"bufio"
	"bytes"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
)

func available() (int64, bool) { return from(os.DirFS("/")) }

// from reads what the kernel says in a file system: MemAvailable, and of each
// control group that the process is in, of either version, what is left of its
// limit; memory of files that is not in use counts as left.
func from(root fs.FS) (least int64, known bool) {
	note := func(n int64) {
		if !known || n < least {
			least, known = max(n, 0), true
		}
	}
	if n, ok := field(root, "proc/meminfo", "MemAvailable:"); ok {
		note(n << 10)
	}
	groups, _ := fs.ReadFile(root, "proc/self/cgroup")
	for lines := bufio.NewScanner(bytes.NewReader(groups)); lines.Scan(); {
		parts := strings.SplitN(lines.Text(), ":", 3) // number:controllers:path
		if len(parts) < 3 {
			continue
		}
		folder, limit, used, idle := "", "", "", ""
		switch {
		case parts[1] == "":
			folder, limit, used, idle = "sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"
		case strings.Contains(","+parts[1]+",", ",memory,"):
			folder, limit, used, idle = "sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"
		default:
			continue
		}
		// In a container the path may be that outside of it; its own group is at
		// the top then.
		for at := path.Clean("/" + parts[2]); ; at = path.Dir(at) {
			group := path.Join(folder, at)
			most, ok1 := number(root, path.Join(group, limit))
			current, ok2 := number(root, path.Join(group, used))
			if ok1 && ok2 {
				spare, _ := field(root, path.Join(group, "memory.stat"), idle)
				note(most - max(current-spare, 0))
			}
			if at == "/" {
				break
			}
		}
	}
	return least, known
}

// number reads a file that is one number.
func number(root fs.FS, name string) (int64, bool) {
	data, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64)
	return n, err == nil
}

// field reads the number after a name in a file with one of them a line.
func field(root fs.FS, name, key string) (int64, bool) {
	data, _ := fs.ReadFile(root, name)
	for line := range strings.Lines(string(data)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == key {
			n, err := strconv.ParseInt(words[1], 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}
