package kernel

import "syscall"

// requestTiles asks the kernel for leave to use the tile registers, whose state
// is so large that it is saved only for processes that have asked
// (arch_prctl(2), ARCH_REQ_XCOMP_PERM for XFEATURE_XTILEDATA).
func requestTiles() bool {
	const requestPermission, tileData = 0x1023, 18
	_, _, errno := syscall.RawSyscall(syscall.SYS_ARCH_PRCTL, requestPermission, tileData, 0)
	return errno == 0
}
