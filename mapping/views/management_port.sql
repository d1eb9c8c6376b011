-- Ports by which machines are managed, and which no address of the Internet should reach (TCP).
SELECT column1 AS port, column2 AS name
  FROM (VALUES (22, 'SSH'), (3389, 'RDP'), (5985, 'WinRM'), (5986, 'WinRM over TLS'))
