package kernel

import "syscall"

// requestTiles asks Linux for permission to use the tile registers, and reports whether it
// was given. Linux saves the large state of these registers only for processes with the
// permission (arch_prctl(2), ARCH_REQ_XCOMP_PERM for XFEATURE_XTILEDATA).
func requestTiles() bool {
	const requestPermission, tileData = 0x1023, 18
	_, _, errno := syscall.RawSyscall(syscall.SYS_ARCH_PRCTL, requestPermission, tileData, 0)
	return errno == 0
}
