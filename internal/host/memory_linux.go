package host

import (
	"os"
	"strconv"
	"strings"
)

// Memory returns the number of bytes that this process can allocate: the system's available
// memory, limited by the control group. 0 means unknown.
func Memory() int64 {
	available := fieldOf("/proc/meminfo", "MemAvailable:") << 10
	if limit := numberIn("/sys/fs/cgroup/memory.max"); limit > 0 {
		limit -= numberIn("/sys/fs/cgroup/memory.current") - fieldOf("/sys/fs/cgroup/memory.stat", "file")
		available = min(available, max(limit, 1))
	}
	return available
}

// Resident returns the memory of the process without mapped files, in bytes.
func Resident() int64 {
	const status = "/proc/self/status"
	return (fieldOf(status, "RssAnon:") + fieldOf(status, "RssShmem:")) << 10
}

// fieldOf returns the number after name at the start of a line of a file, or 0 if there is
// none.
func fieldOf(file, name string) int64 {
	data, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == name {
			n, _ := strconv.ParseInt(words[1], 10, 64)
			return n
		}
	}
	return 0
}

// numberIn returns the number in a file that contains only a number, otherwise 0.
func numberIn(file string) int64 {
	data, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	n, _ := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64)
	return n
}
