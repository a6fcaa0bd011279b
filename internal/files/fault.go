package files

import (
	"fmt"
	"runtime/debug"
	"sync"
	"unsafe"
)

// mappings are those that are open, by which a fault is told from a defect of the
// program.
var mappings registry

type registry struct {
	sync.Mutex
	open map[*Mapping]bool
}

func (r *registry) add(m *Mapping) {
	r.Lock()
	defer r.Unlock()
	if r.open == nil {
		r.open = map[*Mapping]bool{}
	}
	r.open[m] = true
}

func (r *registry) remove(m *Mapping) {
	r.Lock()
	defer r.Unlock()
	delete(r.open, m)
}

// at returns the mapping that an address lies in, or nil.
func (r *registry) at(address uintptr) *Mapping {
	r.Lock()
	defer r.Unlock()
	for m := range r.open {
		first := uintptr(unsafe.Pointer(unsafe.SliceData(m.Data)))
		if address >= first && address-first < uintptr(len(m.Data)) {
			return m
		}
	}
	return nil
}

// Faults has a fault of memory in the calling goroutine raise a panic, which Guard
// knows, instead of ending the process. The function that it returns undoes that.
// Whoever starts a goroutine that reads mapped files calls it there, hands the panic
// over to the goroutine that waits, and panics there.
func Faults() (undo func()) {
	old := debug.SetPanicOnFault(true)
	return func() { debug.SetPanicOnFault(old) }
}

// Guard runs f. If a mapped file was truncated under its reader, the error wraps
// ErrChanged and names the file. All other panics go on.
func Guard(f func() error) (err error) {
	defer Catch(&err)()
	return f()
}

// Catch is Guard for the rest of a function whose error is *err: defer Catch(&err)().
func Catch(err *error) (done func()) {
	undo := Faults()
	return func() {
		undo()
		if cause := recover(); cause != nil {
			if *err = faulted(cause); *err == nil {
				panic(cause)
			}
		}
	}
}

// faulted returns the error for a panic whose cause is a fault in a mapped file, else nil.
func faulted(cause any) error {
	fault, ok := cause.(interface{ Addr() uintptr })
	if !ok {
		return nil
	}
	m := mappings.at(fault.Addr())
	if m == nil {
		return nil
	}
	return fmt.Errorf("%s is shorter than when it was opened: %w", m.path, ErrChanged)
}
