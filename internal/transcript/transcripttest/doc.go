// Package transcripttest watches and changes transcripts for tests. Both are done by a backend under
// the transcript (transcript.Backend), so that no protocol needs a way in for tests: a header in the
// capacity lane says where a message begins, with its label and its length (package transcript, The
// state machine).
//
// [Editor] changes the messages of native transcripts before they are absorbed. [Recorder] lists the
// messages of transcripts over any backend, native or circuit, and [Inventory] writes such a list as
// text for a golden file.
package transcripttest
