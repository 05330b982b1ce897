"""Finds the universal time of a member of a zip file, which most programs store beside the time on the wall.

The time that every zip file has is that of a clock in an unknown zone, which at a deadline decides too much.
"""

import struct

_UNIX, _NTFS, _INFO_ZIP, _PKWARE = 0x5455, 0x000A, 0x5855, 0x000D
_EPOCH_OF_NTFS = 11_644_473_600  # seconds from 1601 to 1970


def universal_time(extra: bytes) -> int | None:
    """Seconds since 1970 from the extra fields of a member, or None where they do not say."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field = extra[4 : 4 + size]
        extra = extra[4 + size :]
        if kind == _UNIX and len(field) >= 5 and field[0] & 1:
            return int(struct.unpack_from("<i", field, 1)[0])
        if kind in (_INFO_ZIP, _PKWARE) and len(field) >= 8:
            return int(struct.unpack_from("<i", field, 4)[0])
        if kind == _NTFS:
            tags = field[4:]
            while len(tags) >= 4:
                tag, length = struct.unpack_from("<HH", tags)
                if tag == 1 and length >= 8 and len(tags) >= 12:
                    return int(struct.unpack_from("<Q", tags, 4)[0]) // 10**7 - _EPOCH_OF_NTFS
                tags = tags[4 + length :]
    return None
