/** A TFRecord file as TensorFlow's documentation describes it, its checksums reckoned bit by bit. */
export function tfRecordFile(records: readonly Uint8Array[]): Uint8Array {
  const parts = records.flatMap((record) => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(record.length));
    return [length, maskedChecksum(length), record, maskedChecksum(record)];
  });
  return new Uint8Array(Buffer.concat(parts));
}

function maskedChecksum(bytes: Uint8Array): Buffer {
  let crc = 0xffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x82f63b78n : crc >> 1n;
  }
  crc ^= 0xffffffffn;
  const turned = ((crc >> 15n) | (crc << 17n)) & 0xffffffffn;
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(Number((turned + 0xa282ead8n) & 0xffffffffn));
  return checksum;
}
