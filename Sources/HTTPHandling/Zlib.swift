import CZlib

/// One direction of zlib, over pieces of a body, for one task at a time.
///
/// What takes long runs beside the socket's queue, on Swift's own threads: it computes in short steps and never blocks.
final class Zlib: @unchecked Sendable {
    /// The wrapping of the compressed bytes; the number is zlib's for it.
    enum Format: Int32 { case zlib = 15, gzip = 31 }
    /// How much of what was deflated must come out.
    enum Flush: Int32 { case piece = 2, end = 4 }
    /// Where inflating stands.
    enum State { case needsInput, hasMore, ended, failed }

    /// Longest input that is dealt with on the socket's queue itself: well under a millisecond.
    private static let inlineBytes = 16 * 1024
    private static let version = ZLIB_VERSION
    private static let size = Int32(MemoryLayout<z_stream>.size)

    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let end: (UnsafeMutablePointer<z_stream>) -> Int32

    /// Fails without memory.
    init?(inflating format: Format) {
        stream.initialize(to: z_stream())
        end = inflateEnd
        guard inflateInit2_(stream, format.rawValue, Self.version, Self.size) == Z_OK else { return nil }
    }

    /// Fails without memory.
    init?(deflating format: Format) {
        stream.initialize(to: z_stream())
        end = deflateEnd
        // A level at which a processor still compresses faster than most networks carry.
        let code = deflateInit2_(
            stream, 4, Z_DEFLATED, format.rawValue, 8, Z_DEFAULT_STRATEGY, Self.version, Self.size)
        guard code == Z_OK else { return nil }
    }

    deinit {
        _ = end(stream)
        stream.deallocate()
    }

    /// Begins a new inflated stream.
    func restart() { inflateReset(stream) }

    /// Compresses all of a piece.
    func deflate(_ bytes: [UInt8], flush: Flush) async -> [UInt8] {
        guard bytes.count > Self.inlineBytes else { return deflateNow(bytes, flush) }
        return await withTaskExecutorPreference(globalConcurrentExecutor) { deflateNow(bytes, flush) }
    }

    /// Inflates some of a piece, as far as there is room.
    func inflate(
        _ bytes: ArraySlice<UInt8>, room: Int
    ) async -> (used: Int, output: [UInt8], state: State) {
        await withTaskExecutorPreference(globalConcurrentExecutor) { inflateNow(bytes, room) }
    }

    private func deflateNow(_ bytes: [UInt8], _ flush: Flush) -> [UInt8] {
        bytes.withUnsafeBufferPointer { input in
            give(input)
            var output: [UInt8] = []
            repeat {
                let room = max(input.count / 2, 1_024)
                output += [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                    count = take(buffer) { CZlib.deflate(stream, flush.rawValue) }.count
                }
            } while stream.pointee.avail_out == 0
            return output
        }
    }

    private func inflateNow(_ bytes: ArraySlice<UInt8>, _ room: Int) -> (Int, [UInt8], State) {
        bytes.withUnsafeBufferPointer { input in
            give(input)
            var code = Z_OK
            let output = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                (code, count) = take(buffer) { CZlib.inflate(stream, Z_NO_FLUSH) }
            }
            let state: State =
                switch code {
                case Z_STREAM_END: .ended
                // Z_BUF_ERROR is no error: there was nothing to do.
                case Z_OK, Z_BUF_ERROR: stream.pointee.avail_out == 0 ? .hasMore : .needsInput
                default: .failed
                }
            return (input.count - Int(stream.pointee.avail_in), output, state)
        }
    }

    private func give(_ input: UnsafeBufferPointer<UInt8>) {
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(clamping: input.count)
    }

    private func take(
        _ buffer: UnsafeMutableBufferPointer<UInt8>, _ run: () -> Int32
    ) -> (code: Int32, count: Int) {
        stream.pointee.next_out = buffer.baseAddress
        stream.pointee.avail_out = UInt32(clamping: buffer.count)
        let code = run()
        return (code, buffer.count - Int(stream.pointee.avail_out))
    }
}
